package org.entente.gateway.seal.format;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;

/**
 * What the sender of a session states and its agency signs.
 *
 * @param parties between whom it is
 * @param key the recipient key it is made for, as the recipient published it
 * @param opening the greatest epoch whose numbers it carries
 * @param issuedAtMs when it was made, milliseconds since 1970
 * @param expiresAtMs the recipient opens nothing under it after this, milliseconds since 1970; at
 *     most 24 hours after its making and no later than the key's end
 */
public record SessionTerms(
    Parties parties, KeyValidity key, EpochOpening opening, long issuedAtMs, long expiresAtMs) {
  /** Longest life of a session in milliseconds. */
  public static final long MAX_LIFE_MS = 24 * 3_600_000L;

  public SessionTerms {
    if (!isAllowed(key, issuedAtMs, expiresAtMs)) {
      throw new IllegalArgumentException(
          "a session from " + issuedAtMs + " to " + expiresAtMs + " for " + key);
    }
  }

  static boolean isAllowed(KeyValidity key, long issuedAtMs, long expiresAtMs) {
    return issuedAtMs >= 0
        && expiresAtMs > issuedAtMs
        && expiresAtMs - issuedAtMs <= MAX_LIFE_MS
        && expiresAtMs <= key.notAfterMs();
  }

  /** What HPKE binds the wrapping key to. */
  public byte[] hpkeInfo() {
    return new FieldWriter(Suite.SESSION.length + 192)
        .fixed(Suite.SESSION)
        .u8(Suite.NUMBER)
        .text(parties.federation().value())
        .text(parties.sender().value())
        .text(parties.recipient().value())
        .u64(opening.epoch())
        .toBytes();
  }

  /**
   * Between whom a session is.
   *
   * @param federation the federation of both
   * @param sender the sending agency
   * @param gateway whose envelopes it carries, and the key that verifies their headers
   * @param recipient the receiving agency, another than the sender
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
