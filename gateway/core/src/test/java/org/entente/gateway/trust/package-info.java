/** Attacks on the trust bundle: rollback, freeze, equivocation, stripped and missing signatures. */
@NullMarked
package org.entente.gateway.trust;

import org.jspecify.annotations.NullMarked;
