package org.entente.gateway.seal.format;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.HpkeExport;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;

/**
 * Announcement of a session: its terms and the encapsulated key, signed by the sender's agency.
 * Wire format "announcement".
 *
 * <p>The agency's signature authenticates the sender to the recipient, also against a quantum
 * attacker, and covers the gateway key that verifies headers. Parsed input encodes to the same
 * bytes; only {@link #isSignedBy} checks the signature. Immutable and safe for use by many threads.
 */
public final class SessionAnnouncement {
  private static final int NONCE = 1;

  private final SessionTerms terms;
  private final byte[] enc;
  private final AgencySignature signature;
  private final byte[] hash;

  private SessionAnnouncement(SessionTerms terms, byte[] enc, AgencySignature signature) {
    this.terms = terms;
    this.enc = enc;
    this.signature = signature;
    this.hash = Sha256.hash(signature.body());
  }

  public static SessionAnnouncement sign(SessionTerms terms, byte[] enc, SigningPair pair) {
    return new SessionAnnouncement(
        terms, enc, AgencySignature.sign(Suite.ANNOUNCEMENT, encode(terms, enc), pair));
  }

  /** Reads an announcement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<SessionAnnouncement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, SessionAnnouncement::read);
  }

  private static SessionAnnouncement read(FieldReader in) throws MalformedInput {
    in.version();
    in.suite();
    int flags = in.u8();
    in.require(flags <= NONCE);
    SessionTerms.Parties parties = readParties(in);
    KeyValidity key = in.keyValidity();
    long epoch = in.number(1);
    long issued = in.time();
    long expires = in.time();
    in.require(SessionTerms.isAllowed(key, issued, expires));
    EpochOpening opening =
        flags == NONCE
            ? EpochOpening.answering(epoch, in.fixed(EpochOpening.NONCE_BYTES))
            : EpochOpening.of(epoch);
    byte[] enc = in.fixed(HpkeExport.ENC_BYTES);
    byte[] body = in.soFar();
    return new SessionAnnouncement(
        new SessionTerms(parties, key, opening, issued, expires),
        enc,
        AgencySignature.read(in, Suite.ANNOUNCEMENT, body));
  }

  private static SessionTerms.Parties readParties(FieldReader in) throws MalformedInput {
    var federation = in.federation();
    var sender = in.agency();
    var gateway = new GatewayKey(in.node(), in.ed25519());
    var recipient = in.agency();
    in.require(!sender.equals(recipient));
    return new SessionTerms.Parties(federation, sender, gateway, recipient);
  }

  private static byte[] encode(SessionTerms terms, byte[] enc) {
    SessionTerms.Parties parties = terms.parties();
    Optional<byte[]> nonce = terms.opening().nonce();
    return new FieldWriter(1500)
        .u8(Suite.FORMAT_VERSION)
        .u8(Suite.NUMBER)
        .u8(nonce.isPresent() ? NONCE : 0)
        .text(parties.federation().value())
        .text(parties.sender().value())
        .text(parties.gateway().name().value())
        .fixed(parties.gateway().key().encoded())
        .text(parties.recipient().value())
        .keyValidity(terms.key())
        .u64(terms.opening().epoch())
        .u64(terms.issuedAtMs())
        .u64(terms.expiresAtMs())
        .fixed(nonce.orElse(new byte[0]))
        .fixed(enc)
        .toBytes();
  }

  /** The session's id. */
  public SessionId id() {
    return SessionId.of(hash);
  }

  /** The sender's terms. */
  public SessionTerms terms() {
    return terms;
  }

  public byte[] enc() {
    return enc;
  }

  /** SHA-256 of the signed bytes; its first half is the session's id. */
  public byte[] hash() {
    return hash;
  }

  /** Whether any of these pairs signed it. */
  public boolean isSignedBy(List<VerifyingPair> pairs) {
    return signature.isBy(pairs);
  }

  /** The pair among these that signed it; empty if none did. */
  public Optional<VerifyingPair> signer(List<VerifyingPair> pairs) {
    return signature.signer(pairs);
  }

  /** The exact bytes. */
  public byte[] encoded() {
    return signature.signedBytes();
  }

  @Override
  public String toString() {
    return "session " + id() + " of " + terms.parties().sender();
  }
}
