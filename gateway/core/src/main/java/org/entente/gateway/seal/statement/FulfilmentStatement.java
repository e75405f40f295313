package org.entente.gateway.seal.statement;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.Suite;

/**
 * Statement of the obligations that an agency's gateway can fulfil, signed by the agency. It
 * travels with the agency's {@link KeyBundle} as a separate statement. Wire format "fulfilment".
 */
public record FulfilmentStatement(Signed<Content> signed)
    implements SignedStatement.ByAgency<FulfilmentStatement.Content> {
  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.FULFILMENT,
          StatementFormat.BY_AGENCY,
          StatementFormat.TO_ALL,
          FulfilmentStatement::read,
          (content, out) ->
              out.list(content.fulfilment().numbers(), (number, each) -> each.u16(number)));

  /**
   * Content of a statement.
   *
   * @param frame the agency of the gateway; the statement issued later replaces the earlier
   * @param fulfilment obligations that the gateway fulfils; must be stated
   */
  public record Content(StatementFrame frame, Fulfilment fulfilment)
      implements SignedStatement.Content {
    public Content {
      if (!fulfilment.stated()) {
        throw new IllegalArgumentException("nothing stated by " + frame.issuer());
      }
    }

    /** The agency of the gateway. */
    public AgencyName agency() {
      return frame.issuer();
    }
  }

  private static Content read(StatementFrame frame, FieldReader in) {
    List<Integer> numbers = in.list(Fulfilment.MAX_OBLIGATIONS, FieldReader::u16);
    return new Content(frame, new Fulfilment(true, numbers));
  }

  /** Signs a statement. */
  public static FulfilmentStatement sign(Content content, SigningPair pair) {
    return new FulfilmentStatement(FORMAT.sign(content, pair));
  }

  /** The statement that accompanies an agency's own key bundle, in the same frame. */
  public static FulfilmentStatement beside(
      KeyBundle bundle, Fulfilment fulfilment, AgencyIdentity identity) {
    return sign(new Content(bundle.frame(), fulfilment), identity.pair());
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<FulfilmentStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(FulfilmentStatement::new);
  }

  @Override
  public String toString() {
    return content().agency() + " fulfils " + content().fulfilment().words();
  }
}
