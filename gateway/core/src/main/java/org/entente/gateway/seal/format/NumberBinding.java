package org.entente.gateway.seal.format;

import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;

/**
 * Statement of an origin's gateway that a number towards one recipient belongs to one envelope. The
 * recipient's key wraps the content key, so a thief of that key could otherwise take any number of
 * any origin. Wire format "binding"; the signature travels in the stanza.
 *
 * <p>It names no time: an origin that sends a number again states the same. Immutable and safe for
 * use by many threads.
 */
public final class NumberBinding {
  private final byte[] body;

  /** The binding of a number in the header's lane. */
  public NumberBinding(
      FederationName federation, EnvelopeHeader header, AgencyName recipient, OriginNumber number) {
    body =
        new FieldWriter(192)
            .u8(Suite.FORMAT_VERSION)
            .text(federation.value())
            .text(header.facts().origin().value())
            .text(recipient.value())
            .originNumber(number)
            .fixed(header.hash())
            .toBytes();
  }

  /** The signature of the origin's gateway, 64 bytes. */
  public byte[] sign(Ed25519SigningKey key) {
    return key.sign(Suite.message(Suite.BINDING, body));
  }

  /** Whether this key's owner made the signature. */
  public boolean isSigned(byte[] signature, Ed25519VerifyingKey key) {
    return key.verify(Suite.message(Suite.BINDING, body), signature);
  }
}
