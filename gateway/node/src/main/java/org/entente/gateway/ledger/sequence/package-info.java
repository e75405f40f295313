/** Rules of the sequence of origin numbers, without I/O. */
@NullMarked
package org.entente.gateway.ledger.sequence;

import org.jspecify.annotations.NullMarked;
