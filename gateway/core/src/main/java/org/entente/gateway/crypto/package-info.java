/**
 * Keys, signatures, key agreement, authenticated encryption and certificates, each a published
 * standard behind a small type.
 *
 * <p>The only package that touches BouncyCastle, whose types never appear in a signature. Anything
 * that comes from outside is checked before a library sees it, and a refusal is a value.
 */
@NullMarked
package org.entente.gateway.crypto;

import org.jspecify.annotations.NullMarked;
