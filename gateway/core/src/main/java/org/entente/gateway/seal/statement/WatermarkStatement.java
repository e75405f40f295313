package org.entente.gateway.seal.statement;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.seal.format.Suite;

/**
 * Statement of the numbers from one origin that a recipient holds durably, signed by the
 * recipient's gateway. Watermarks show gaps. The held numbers name what came under each, which lets
 * the origin release it. Wire format "watermarks".
 */
public record WatermarkStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<WatermarkStatement.Content> {
  /** Greatest number of epochs and lanes in one statement. */
  public static final int MAX_WATERMARKS = 64;

  /** Greatest number of held numbers in one statement. */
  public static final int MAX_HELD = 1024;

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.WATERMARKS,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ONE,
          (frame, in) ->
              new Content(
                  frame,
                  in.list(MAX_WATERMARKS, Watermark::read),
                  in.list(MAX_HELD, NumberedHeader::read)),
          (content, out) ->
              out.list(content.watermarks(), Watermark::write)
                  .list(content.held(), NumberedHeader::write));

  /**
   * Content of a statement.
   *
   * @param frame the agency that holds the numbers, and the origin that sent them
   * @param watermarks at most 64, ascending by epoch and lane, no repeats; none if nothing has
   *     arrived
   * @param held at most 1024, ascending by number, no repeats
   */
  public record Content(StatementFrame frame, List<Watermark> watermarks, List<NumberedHeader> held)
      implements SignedStatement.Content {
    public Content {
      watermarks =
          AscendingList.copyOf(
              watermarks,
              Comparator.comparingLong(Watermark::epoch).thenComparing(Watermark::lane),
              0,
              MAX_WATERMARKS);
      held = AscendingList.copyOf(held, Comparator.comparing(NumberedHeader::number), 0, MAX_HELD);
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static WatermarkStatement sign(Content content, Ed25519SigningKey key) {
    return new WatermarkStatement(FORMAT.sign(content, key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<WatermarkStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(WatermarkStatement::new);
  }

  @Override
  public String toString() {
    return "watermarks of " + frame().issuer();
  }
}
