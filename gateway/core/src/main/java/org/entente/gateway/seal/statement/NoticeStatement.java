package org.entente.gateway.seal.statement;

import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.seal.format.Suite;

/**
 * A notice that one agency addresses to another, signed by the first one's gateway: no transit and
 * no other member can speak in its name. The statement does not read what it carries. Wire format
 * "signed notice".
 */
public record NoticeStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<NoticeStatement.Content> {
  /** Longest notice, bytes. */
  public static final int MAX_BYTES = 192 << 10;

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.NOTICE,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ONE,
          (frame, in) -> new Content(frame, in.fixed(in.length(1, MAX_BYTES))),
          (content, out) -> out.u32(content.notice().length).fixed(content.notice()));

  /**
   * Content of a statement.
   *
   * @param frame the agency that states it, and the agency that receives it
   * @param notice serialised notice, 1 to {@value #MAX_BYTES} bytes; not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Content(StatementFrame frame, byte[] notice) implements SignedStatement.Content {
    public Content {
      if (notice.length < 1 || notice.length > MAX_BYTES) {
        throw new IllegalArgumentException("a notice of " + notice.length + " bytes");
      }
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static NoticeStatement sign(Content content, Ed25519SigningKey key) {
    return new NoticeStatement(FORMAT.sign(content, key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<NoticeStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(NoticeStatement::new);
  }

  @Override
  public String toString() {
    return "a notice of " + frame().issuer();
  }
}
