package org.entente.gateway.seal.statement;

import java.util.Arrays;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.seal.format.Suite;

/**
 * Content of a statement, its bytes, and a signature over its domain and these bytes. Only {@link
 * StatementFormat} makes one. Immutable and safe for use by many threads.
 *
 * @param <C> the content
 */
public final class Signed<C> {
  private final C content;
  private final byte[] message;
  private final int bodyAt;
  private final byte[] signature;

  Signed(C content, byte[] domain, byte[] body, byte[] signature) {
    this.content = content;
    this.message = Suite.message(domain, body);
    this.bodyAt = domain.length;
    this.signature = signature;
  }

  C content() {
    return content;
  }

  boolean isBy(Ed25519VerifyingKey key) {
    return key.verify(message, signature);
  }

  boolean isBy(VerifyingPair pair) {
    return pair.verify(message, signature);
  }

  /** SHA-256 of domain and body: the same for each signature. */
  byte[] hash() {
    return Sha256.hash(message);
  }

  /** Body, then signature. */
  byte[] encoded() {
    byte[] out = Arrays.copyOfRange(message, bodyAt, message.length + signature.length);
    System.arraycopy(signature, 0, out, message.length - bodyAt, signature.length);
    return out;
  }
}
