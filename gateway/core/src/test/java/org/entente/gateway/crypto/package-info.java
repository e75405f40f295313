/** Official vectors and attacks on the cryptographic types. */
@NullMarked
package org.entente.gateway.crypto;

import org.jspecify.annotations.NullMarked;
