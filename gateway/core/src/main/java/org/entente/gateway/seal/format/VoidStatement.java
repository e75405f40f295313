package org.entente.gateway.seal.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * Statement of an origin that it withdraws numbers towards one recipient, signed by the origin's
 * gateway. No transit can make one. Wire format "void".
 *
 * <p>Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature.
 * Immutable and safe for use by many threads.
 */
public final class VoidStatement implements GatewayStatement {
  /** Greatest number of withdrawn numbers in one statement. */
  public static final int MAX_NUMBERS = 1024;

  private static final Comparator<VoidedNumber> ORDER = Comparator.comparing(VoidedNumber::number);

  private final Content content;
  private final GatewaySignature signature;

  private VoidStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation of both agencies
   * @param origin agency that assigned the numbers
   * @param gateway its gateway that signs
   * @param recipient agency to which they were assigned
   * @param issuedAtMs milliseconds since 1970
   * @param numbers 1 to 1024, ascending, no repeats
   */
  public record Content(
      FederationName federation,
      AgencyName origin,
      NodeName gateway,
      AgencyName recipient,
      long issuedAtMs,
      List<VoidedNumber> numbers) {
    public Content {
      numbers = numbers.stream().sorted(ORDER).toList();
      if (issuedAtMs < 0 || !isAllowed(numbers)) {
        throw new IllegalArgumentException(numbers.size() + " numbers withdrawn by " + origin);
      }
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static VoidStatement sign(Content content, Ed25519SigningKey key) {
    return new VoidStatement(content, GatewaySignature.sign(Suite.VOID, encode(content), key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<VoidStatement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, VoidStatement::read);
  }

  private static VoidStatement read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    AgencyName origin = in.agency();
    NodeName gateway = in.node();
    AgencyName recipient = in.agency();
    long issued = in.time();
    List<VoidedNumber> numbers = new ArrayList<>();
    for (int left = in.count(1, MAX_NUMBERS); left > 0; left--) {
      OriginNumber number = in.originNumber();
      numbers.add(new VoidedNumber(number, in.fixed(Sha256.HASH_BYTES)));
    }
    in.require(isAllowed(numbers));
    byte[] body = in.soFar();
    byte[] signature = in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES);
    return new VoidStatement(
        new Content(federation, origin, gateway, recipient, issued, numbers),
        new GatewaySignature(Suite.VOID, body, signature));
  }

  private static byte[] encode(Content content) {
    FieldWriter out =
        new FieldWriter(256 + 49 * content.numbers().size())
            .u8(Suite.FORMAT_VERSION)
            .text(content.federation().value())
            .text(content.origin().value())
            .text(content.gateway().value())
            .text(content.recipient().value())
            .u64(content.issuedAtMs())
            .u16(content.numbers().size());
    for (VoidedNumber voided : content.numbers()) {
      out.originNumber(voided.number()).fixed(voided.headerHash());
    }
    return out.toBytes();
  }

  private static boolean isAllowed(List<VoidedNumber> numbers) {
    boolean ascending = true;
    for (int i = 1; i < numbers.size(); i++) {
      ascending &= ORDER.compare(numbers.get(i - 1), numbers.get(i)) < 0;
    }
    return ascending && !numbers.isEmpty() && numbers.size() <= MAX_NUMBERS;
  }

  /** The content. */
  public Content content() {
    return content;
  }

  @Override
  public Frame frame() {
    return new Frame(
        content.federation(), content.origin(), content.gateway(), content.recipient());
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
    return content.numbers().size() + " numbers withdrawn by " + content.origin();
  }
}
