package org.entente.gateway.seal.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * Statement of the numbers up to which an origin owes one recipient nothing more, signed by the
 * origin's gateway. It answers a recipient that lacks numbers for which the origin holds nothing.
 * One side's ledger was restored or lost, and the gap would otherwise stay forever. No transit can
 * make one. Wire format "settled".
 *
 * <p>Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature.
 * Immutable and safe for use by many threads.
 */
public final class SettledStatement implements GatewayStatement {
  /** Greatest number of epochs and lanes in one statement. */
  public static final int MAX_NUMBERS = 64;

  private static final Comparator<SettledNumbers> ORDER =
      Comparator.comparingLong(SettledNumbers::epoch).thenComparing(SettledNumbers::lane);

  private final Content content;
  private final GatewaySignature signature;

  private SettledStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation of both agencies
   * @param origin agency that assigned the numbers
   * @param gateway its gateway that signs
   * @param recipient agency to which nothing more is owed
   * @param issuedAtMs milliseconds since 1970
   * @param numbers 1 to 64, ascending by epoch and lane, no repeats
   */
  public record Content(
      FederationName federation,
      AgencyName origin,
      NodeName gateway,
      AgencyName recipient,
      long issuedAtMs,
      List<SettledNumbers> numbers) {
    public Content {
      numbers = numbers.stream().sorted(ORDER).toList();
      if (issuedAtMs < 0 || !isAllowed(numbers)) {
        throw new IllegalArgumentException(numbers.size() + " lanes settled by " + origin);
      }
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static SettledStatement sign(Content content, Ed25519SigningKey key) {
    return new SettledStatement(
        content, GatewaySignature.sign(Suite.SETTLED, encode(content), key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<SettledStatement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, SettledStatement::read);
  }

  private static SettledStatement read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    AgencyName origin = in.agency();
    NodeName gateway = in.node();
    AgencyName recipient = in.agency();
    long issued = in.time();
    List<SettledNumbers> numbers = new ArrayList<>();
    for (int left = in.count(1, MAX_NUMBERS); left > 0; left--) {
      numbers.add(new SettledNumbers(in.number(1), in.lane(), in.number(2)));
    }
    in.require(isAllowed(numbers));
    byte[] body = in.soFar();
    byte[] signature = in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES);
    return new SettledStatement(
        new Content(federation, origin, gateway, recipient, issued, numbers),
        new GatewaySignature(Suite.SETTLED, body, signature));
  }

  private static byte[] encode(Content content) {
    FieldWriter out =
        new FieldWriter(256 + 17 * content.numbers().size())
            .u8(Suite.FORMAT_VERSION)
            .text(content.federation().value())
            .text(content.origin().value())
            .text(content.gateway().value())
            .text(content.recipient().value())
            .u64(content.issuedAtMs())
            .u16(content.numbers().size());
    for (SettledNumbers settled : content.numbers()) {
      out.u64(settled.epoch()).u8(settled.lane().number()).u64(settled.below());
    }
    return out.toBytes();
  }

  private static boolean isAllowed(List<SettledNumbers> numbers) {
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
    return content.numbers().size() + " lanes settled by " + content.origin();
  }
}
