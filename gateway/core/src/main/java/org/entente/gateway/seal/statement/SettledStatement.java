package org.entente.gateway.seal.statement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.seal.format.Suite;

/**
 * Statement of the numbers up to which an origin owes one recipient nothing more, signed by the
 * origin's gateway. It answers a recipient that lacks numbers for which the origin holds nothing.
 * One side's ledger was restored or lost, and the gap would otherwise stay forever. No transit can
 * make one. Wire format "settled".
 */
public record SettledStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<SettledStatement.Content> {
  /** Greatest number of epochs and lanes in one statement. */
  public static final int MAX_NUMBERS = 64;

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.SETTLED,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ONE,
          (frame, in) -> new Content(frame, in.list(MAX_NUMBERS, SettledNumbers::read)),
          (content, out) -> out.list(content.numbers(), SettledNumbers::write));

  /**
   * Content of a statement.
   *
   * @param frame the origin of the numbers, and the recipient to which nothing more is owed
   * @param numbers 1 to 64, ascending by epoch and lane, no repeats
   */
  public record Content(StatementFrame frame, List<SettledNumbers> numbers)
      implements SignedStatement.Content {
    public Content {
      numbers =
          AscendingList.copyOf(
              numbers,
              Comparator.comparingLong(SettledNumbers::epoch).thenComparing(SettledNumbers::lane),
              1,
              MAX_NUMBERS);
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static SettledStatement sign(Content content, Ed25519SigningKey key) {
    return new SettledStatement(FORMAT.sign(content, key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<SettledStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(SettledStatement::new);
  }

  @Override
  public String toString() {
    return content().numbers().size() + " lanes settled by " + frame().issuer();
  }
}
