@NullMarked
package org.entente.gateway.ledger.sequence;

import org.jspecify.annotations.NullMarked;
