/** Rules of the end-to-end sequence, without I/O. */
@NullMarked
package org.entente.gateway.ledger.sequence;

import org.jspecify.annotations.NullMarked;
