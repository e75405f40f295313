/** What a change of the ledger is, and what it sees while it is applied. */
@NullMarked
package org.entente.gateway.ledger.commit;

import org.jspecify.annotations.NullMarked;
