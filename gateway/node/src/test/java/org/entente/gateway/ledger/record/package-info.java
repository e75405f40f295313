@NullMarked
package org.entente.gateway.ledger.record;

import org.jspecify.annotations.NullMarked;
