/**
 * Received messages found again by a person, over an index that is in memory only and made from the
 * ledger. What is found and opened is kept at that moment and may be given, whether or not it is
 * still to be delivered, and is on record before it is shown.
 */
@NullMarked
package org.entente.gateway.search;

import org.jspecify.annotations.NullMarked;
