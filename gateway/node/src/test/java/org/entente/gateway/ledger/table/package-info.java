@NullMarked
package org.entente.gateway.ledger.table;

import org.jspecify.annotations.NullMarked;
