/** Records of the ledger: their sealing at rest and their interpretation. */
@NullMarked
package org.entente.gateway.ledger.record;

import org.jspecify.annotations.NullMarked;
