/** Computes a federation's needs from measured costs. Its only I/O is reading the costs file. */
@NullMarked
package org.entente.gateway.sizing;

import org.jspecify.annotations.NullMarked;
