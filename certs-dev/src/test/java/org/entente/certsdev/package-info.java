/** Minted federations, checked with the gateway's own rules. */
@NullMarked
package org.entente.certsdev;

import org.jspecify.annotations.NullMarked;
