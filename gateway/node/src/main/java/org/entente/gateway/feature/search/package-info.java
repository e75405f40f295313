/**
 * Search of received messages by people, with an index that is in memory only and made from the
 * ledger. A message that is found and opened is kept and permitted at that moment, whether or not
 * it is still to be delivered; the access is recorded before anything is shown.
 */
@NullMarked
package org.entente.gateway.feature.search;

import org.jspecify.annotations.NullMarked;
