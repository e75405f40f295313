@NullMarked
package org.entente.gateway.ledger.commit;

import org.jspecify.annotations.NullMarked;
