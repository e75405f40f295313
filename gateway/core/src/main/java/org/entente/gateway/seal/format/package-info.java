/**
 * Wire formats of sealing, suite 1: envelopes, stanzas, sessions and signed statements, exact to
 * the byte.
 */
@NullMarked
package org.entente.gateway.seal.format;

import org.jspecify.annotations.NullMarked;
