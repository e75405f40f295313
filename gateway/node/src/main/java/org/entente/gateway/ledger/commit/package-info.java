/** Changes of the ledger, and the transactions in which they are applied. */
@NullMarked
package org.entente.gateway.ledger.commit;

import org.jspecify.annotations.NullMarked;
