package org.entente.gateway.seal.statement;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.Suite;

/**
 * Terms of a session, which its sender states and its agency signs.
 *
 * @param parties sender and recipient
 * @param key the recipient key, as the recipient published it
 * @param epoch the greatest epoch of its numbers, from 1
 * @param issuedAtMs when it was made, milliseconds since 1970
 * @param expiresAtMs end of its use by the recipient, milliseconds since 1970; at most 24 hours
 *     after issue and no later than the key's end
 */
public record SessionTerms(
    Parties parties, KeyValidity key, long epoch, long issuedAtMs, long expiresAtMs) {
  /** Longest life of a session in milliseconds. */
  public static final long MAX_LIFE_MS = 24 * 3_600_000L;

  public SessionTerms {
    if (epoch < 1 || !isAllowed(key, issuedAtMs, expiresAtMs)) {
      throw new IllegalArgumentException(
          "a session of epoch %d from %d to %d for %s"
              .formatted(epoch, issuedAtMs, expiresAtMs, key));
    }
  }

  private static boolean isAllowed(KeyValidity key, long issuedAtMs, long expiresAtMs) {
    return issuedAtMs >= 0
        && expiresAtMs > issuedAtMs
        && expiresAtMs - issuedAtMs <= MAX_LIFE_MS
        && expiresAtMs <= key.notAfterMs();
  }

  /** The info to which HPKE binds the wrapping key. */
  public byte[] hpkeInfo() {
    return new FieldWriter(Suite.SESSION.length + 192)
        .fixed(Suite.SESSION)
        .u8(Suite.NUMBER)
        .text(parties.federation().value())
        .text(parties.sender().value())
        .text(parties.recipient().value())
        .u64(epoch)
        .toBytes();
  }

  /**
   * Sender and recipient of a session.
   *
   * @param federation the federation of both
   * @param sender the sending agency
   * @param gateway the gateway of its envelopes, with the key that verifies their headers
   * @param recipient the receiving agency, not the sender
   */
  public record Parties(
      FederationName federation, AgencyName sender, GatewayKey gateway, AgencyName recipient) {
    public Parties {
      if (sender.equals(recipient)) {
        throw new IllegalArgumentException(sender + " needs no session with itself");
      }
    }
  }
}
