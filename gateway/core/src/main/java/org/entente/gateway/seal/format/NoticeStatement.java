package org.entente.gateway.seal.format;

import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * A notice that one agency addresses to another, signed by the first one's gateway: no transit and
 * no other member can speak in its name. The statement does not read what it carries. Wire format
 * "signed notice".
 *
 * <p>What parses encodes to the same bytes; the signature is checked by {@link #isSignedBy} alone.
 * Immutable and safe for use by many threads.
 */
public final class NoticeStatement implements GatewayStatement {
  /** Longest notice, bytes. */
  public static final int MAX_BYTES = 192 << 10;

  private final Content content;
  private final GatewaySignature signature;

  private NoticeStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation of both agencies
   * @param from agency that states it
   * @param gateway the gateway of that agency that signs
   * @param to agency that receives it
   * @param issuedAtMs milliseconds since 1970
   * @param notice serialised notice, 1 to {@value #MAX_BYTES} bytes; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Content(
      FederationName federation,
      AgencyName from,
      NodeName gateway,
      AgencyName to,
      long issuedAtMs,
      byte[] notice) {
    public Content {
      if (issuedAtMs < 0 || notice.length < 1 || notice.length > MAX_BYTES) {
        throw new IllegalArgumentException("a notice of " + notice.length + " bytes");
      }
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static NoticeStatement sign(Content content, Ed25519SigningKey key) {
    return new NoticeStatement(content, GatewaySignature.sign(Suite.NOTICE, encode(content), key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<NoticeStatement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, NoticeStatement::read);
  }

  private static NoticeStatement read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    AgencyName from = in.agency();
    NodeName gateway = in.node();
    AgencyName to = in.agency();
    long issued = in.time();
    byte[] notice = in.fixed(in.length(1, MAX_BYTES));
    byte[] body = in.soFar();
    byte[] signature = in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES);
    return new NoticeStatement(
        new Content(federation, from, gateway, to, issued, notice),
        new GatewaySignature(Suite.NOTICE, body, signature));
  }

  private static byte[] encode(Content content) {
    return new FieldWriter(256 + content.notice().length)
        .u8(Suite.FORMAT_VERSION)
        .text(content.federation().value())
        .text(content.from().value())
        .text(content.gateway().value())
        .text(content.to().value())
        .u64(content.issuedAtMs())
        .u32(content.notice().length)
        .fixed(content.notice())
        .toBytes();
  }

  /** What it says. */
  public Content content() {
    return content;
  }

  @Override
  public Frame frame() {
    return new Frame(content.federation(), content.from(), content.gateway(), content.to());
  }

  /** Whether this key's owner signed it. */
  @Override
  public boolean isSignedBy(Ed25519VerifyingKey key) {
    return signature.isBy(key);
  }

  /** The exact bytes, the signature at the end. */
  public byte[] encoded() {
    return signature.signedBytes();
  }

  @Override
  public String toString() {
    return "a notice of " + content.from() + " to " + content.to();
  }
}
