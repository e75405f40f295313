/** Wire formats of sealing, suite 1: envelopes, stanzas and keys, exact to the byte. */
@NullMarked
package org.entente.gateway.seal.format;

import org.jspecify.annotations.NullMarked;
