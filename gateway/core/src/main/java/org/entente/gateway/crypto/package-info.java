/**
 * Keys, signatures, key agreement, authenticated encryption and certificates, each a published
 * standard behind a small type.
 *
 * <p>Only this package uses BouncyCastle, whose types never appear in its public signatures. It
 * checks outside input before a library sees it; a refusal is a value.
 */
@NullMarked
package org.entente.gateway.crypto;

import org.jspecify.annotations.NullMarked;
