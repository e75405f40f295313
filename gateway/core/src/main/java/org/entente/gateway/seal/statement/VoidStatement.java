package org.entente.gateway.seal.statement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.seal.format.Suite;

/**
 * Statement of an origin that it withdraws numbers towards one recipient, signed by the origin's
 * gateway. No transit can make one. Wire format "void".
 */
public record VoidStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<VoidStatement.Content> {
  /** Greatest number of withdrawn numbers in one statement. */
  public static final int MAX_NUMBERS = 1024;

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.VOID,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ONE,
          (frame, in) -> new Content(frame, in.list(MAX_NUMBERS, NumberedHeader::read)),
          (content, out) -> out.list(content.numbers(), NumberedHeader::write));

  /**
   * Content of a statement.
   *
   * @param frame the origin of the numbers, and the recipient to which they were assigned
   * @param numbers 1 to 1024, ascending, no repeats
   */
  public record Content(StatementFrame frame, List<NumberedHeader> numbers)
      implements SignedStatement.Content {
    public Content {
      numbers =
          AscendingList.copyOf(
              numbers, Comparator.comparing(NumberedHeader::number), 1, MAX_NUMBERS);
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static VoidStatement sign(Content content, Ed25519SigningKey key) {
    return new VoidStatement(FORMAT.sign(content, key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<VoidStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(VoidStatement::new);
  }

  @Override
  public String toString() {
    return content().numbers().size() + " numbers withdrawn by " + frame().issuer();
  }
}
