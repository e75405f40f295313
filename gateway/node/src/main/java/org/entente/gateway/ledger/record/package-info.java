/** Records of the ledger: how they are sealed at rest, and what one of them says. */
@NullMarked
package org.entente.gateway.ledger.record;

import org.jspecify.annotations.NullMarked;
