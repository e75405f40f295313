@NullMarked
package org.entente.gateway.ledger;

import org.jspecify.annotations.NullMarked;
