package org.entente.gateway.seal.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;

/**
 * Statement of the obligations that an agency's gateway can fulfil, signed by the agency. Wire
 * format "fulfilment".
 *
 * <p>It travels with the agency's {@link KeyBundle} as a separate statement. Parsed input encodes
 * to the same bytes; only {@link #signer} checks the signature. Immutable and safe for use by many
 * threads.
 */
public final class FulfilmentStatement {
  private final Content content;
  private final AgencySignature signature;

  private FulfilmentStatement(Content content, AgencySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation in which it holds
   * @param agency agency of the gateway
   * @param issuedAtMs when it was signed, milliseconds since 1970; the greater replaces the lesser
   * @param fulfilment obligations that the gateway fulfils; must be stated
   */
  public record Content(
      FederationName federation, AgencyName agency, long issuedAtMs, Fulfilment fulfilment) {
    public Content {
      if (issuedAtMs < 0 || !fulfilment.stated()) {
        throw new IllegalArgumentException("nothing stated by " + agency);
      }
    }
  }

  /** Signs a statement. */
  public static FulfilmentStatement sign(Content content, SigningPair pair) {
    return new FulfilmentStatement(
        content, AgencySignature.sign(Suite.FULFILMENT, encode(content), pair));
  }

  /**
   * The statement that accompanies an agency's own key bundle, with the same time of issue.
   *
   * @param fulfilment obligations that this agency's gateway fulfils
   */
  public static FulfilmentStatement beside(
      KeyBundle bundle, Fulfilment fulfilment, AgencyIdentity identity) {
    return sign(
        new Content(
            identity.federation(), identity.agency(), bundle.content().issuedAtMs(), fulfilment),
        identity.pair());
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<FulfilmentStatement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, FulfilmentStatement::read);
  }

  private static FulfilmentStatement read(FieldReader in) throws MalformedInput {
    in.version();
    in.suite();
    FederationName federation = in.federation();
    AgencyName agency = in.agency();
    long issued = in.time();
    int count = in.u8();
    in.require(count <= Fulfilment.MAX_OBLIGATIONS);
    List<Integer> numbers = new ArrayList<>();
    for (int left = count; left > 0; left--) {
      numbers.add(in.u16());
    }
    in.require(Fulfilment.isAllowed(numbers));
    byte[] body = in.soFar();
    return new FulfilmentStatement(
        new Content(federation, agency, issued, new Fulfilment(true, numbers)),
        AgencySignature.read(in, Suite.FULFILMENT, body));
  }

  private static byte[] encode(Content content) {
    FieldWriter out =
        new FieldWriter(256)
            .u8(Suite.FORMAT_VERSION)
            .u8(Suite.NUMBER)
            .text(content.federation().value())
            .text(content.agency().value())
            .u64(content.issuedAtMs())
            .u8(content.fulfilment().numbers().size());
    content.fulfilment().numbers().forEach(out::u16);
    return out.toBytes();
  }

  /** The content. */
  public Content content() {
    return content;
  }

  /** The pair among these that signed it; empty if none did. */
  public Optional<VerifyingPair> signer(List<VerifyingPair> pairs) {
    return signature.signer(pairs);
  }

  /** The exact bytes: content, then the pair's signature. */
  public byte[] encoded() {
    return signature.signedBytes();
  }

  @Override
  public String toString() {
    return content.agency() + " fulfils " + content.fulfilment().words();
  }
}
