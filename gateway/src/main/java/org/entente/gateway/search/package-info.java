/**
 * Received messages found again by a person, over an index that is in memory only and made from the
 * ledger. What is found and opened is what a subscriber would be given at that moment, and is on
 * record before it is shown.
 */
@NullMarked
package org.entente.gateway.search;

import org.jspecify.annotations.NullMarked;
