/** Tests of the keystore. */
@NullMarked
package org.entente.gateway.seal.keys;

import org.jspecify.annotations.NullMarked;
