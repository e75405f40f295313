package org.entente.gateway.seal.statement;

import java.util.Optional;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.SessionId;
import org.entente.gateway.seal.format.Suite;

/**
 * Announcement of a session: its terms and the encapsulated key, signed by the sender's agency.
 * Wire format "announcement".
 *
 * <p>The agency's signature authenticates the sender to the recipient, also against a quantum
 * attacker, and covers the gateway key that verifies headers.
 */
public record SessionAnnouncement(Signed<Content> signed)
    implements SignedStatement.ByAgency<SessionAnnouncement.Content> {
  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.ANNOUNCEMENT,
          StatementFormat.BY_AGENCY,
          StatementFormat.TO_ONE,
          SessionAnnouncement::read,
          SessionAnnouncement::write);

  /**
   * Content of an announcement.
   *
   * @param terms the sender's terms
   * @param enc the encapsulated key; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Content(SessionTerms terms, byte[] enc) implements SignedStatement.Content {
    @Override
    public StatementFrame frame() {
      SessionTerms.Parties parties = terms.parties();
      return StatementFrame.to(
          parties.federation(),
          parties.sender(),
          parties.gateway().name(),
          parties.recipient(),
          terms.issuedAtMs());
    }
  }

  private static Content read(StatementFrame frame, FieldReader in) {
    Ed25519VerifyingKey gatewayKey = in.ed25519();
    SessionTerms.Parties parties =
        new SessionTerms.Parties(
            frame.federation(),
            frame.issuer(),
            new GatewayKey(frame.gateway(), gatewayKey),
            frame.addressee().orElseThrow());
    SessionTerms terms =
        new SessionTerms(parties, in.keyValidity(), in.number(1), frame.issuedAtMs(), in.time());
    return new Content(terms, in.fixed(HpkeExport.ENC_BYTES));
  }

  private static void write(Content content, FieldWriter out) {
    SessionTerms terms = content.terms();
    out.fixed(terms.parties().gateway().key().encoded())
        .keyValidity(terms.key())
        .u64(terms.epoch())
        .u64(terms.expiresAtMs())
        .fixed(content.enc());
  }

  /** Signs an announcement. */
  public static SessionAnnouncement sign(SessionTerms terms, byte[] enc, SigningPair pair) {
    return new SessionAnnouncement(FORMAT.sign(new Content(terms, enc), pair));
  }

  /** Reads an announcement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<SessionAnnouncement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(SessionAnnouncement::new);
  }

  /** The session's id. */
  public SessionId id() {
    return SessionId.of(hash());
  }

  /** The sender's terms. */
  public SessionTerms terms() {
    return content().terms();
  }

  /** The encapsulated key, not copied. */
  public byte[] enc() {
    return content().enc();
  }

  /** SHA-256 of the signed bytes, a new array; its first half is the session's id. */
  public byte[] hash() {
    return signed.hash();
  }

  @Override
  public String toString() {
    return "session " + id() + " of " + terms().parties().sender();
  }
}
