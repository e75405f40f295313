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
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;

/**
 * Statement of the numbers from one origin that a recipient holds durably, signed by the
 * recipient's gateway. Watermarks show gaps. The held numbers name what came under each, which lets
 * the origin release it. Wire format "watermarks"; the signature travels next to the statement.
 *
 * <p>Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature.
 * Immutable and safe for use by many threads.
 */
public final class WatermarkStatement implements GatewayStatement {
  /** Greatest number of epochs and lanes in one statement. */
  public static final int MAX_WATERMARKS = 64;

  /** Greatest number of held numbers in one statement. */
  public static final int MAX_HELD = 1024;

  private static final Comparator<HeldNumber> NUMBERS = Comparator.comparing(HeldNumber::number);

  private static final Comparator<Watermark> ORDER =
      Comparator.comparingLong(Watermark::epoch).thenComparing(Watermark::lane);

  private final Content content;
  private final GatewaySignature signature;

  private WatermarkStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation of both agencies
   * @param recipient agency that holds them
   * @param gateway its gateway that signs
   * @param origin agency that sent them
   * @param issuedAtMs milliseconds since 1970
   * @param watermarks at most 64, ascending by epoch and lane, no repeats; none if nothing has
   *     arrived
   * @param held at most 1024, ascending by number, no repeats
   */
  public record Content(
      FederationName federation,
      AgencyName recipient,
      NodeName gateway,
      AgencyName origin,
      long issuedAtMs,
      List<Watermark> watermarks,
      List<HeldNumber> held) {
    public Content {
      watermarks = watermarks.stream().sorted(ORDER).toList();
      held = held.stream().sorted(NUMBERS).toList();
      if (issuedAtMs < 0 || !isAllowed(watermarks) || !isAllowedHeld(held)) {
        throw new IllegalArgumentException(
            watermarks.size() + " watermarks and " + held.size() + " numbers of " + recipient);
      }
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static WatermarkStatement sign(Content content, Ed25519SigningKey key) {
    return new WatermarkStatement(
        content, GatewaySignature.sign(Suite.WATERMARKS, encode(content), key));
  }

  /**
   * Reads a statement and its signature from outside; empty if the statement is malformed or the
   * signature does not have 64 bytes. Verifies no signature.
   */
  public static Optional<WatermarkStatement> parse(byte[] statement, byte[] signature) {
    if (signature.length != Ed25519VerifyingKey.SIGNATURE_BYTES) {
      return Optional.empty();
    }
    byte[] signatureCopy = signature.clone();
    return FieldReader.parse(
        statement,
        in ->
            new WatermarkStatement(
                read(in), new GatewaySignature(Suite.WATERMARKS, in.soFar(), signatureCopy)));
  }

  private static Content read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    AgencyName recipient = in.agency();
    NodeName gateway = in.node();
    AgencyName origin = in.agency();
    long issued = in.time();
    List<Watermark> watermarks = new ArrayList<>();
    for (int left = in.count(0, MAX_WATERMARKS); left > 0; left--) {
      watermarks.add(readWatermark(in));
    }
    in.require(isAllowed(watermarks));
    List<HeldNumber> held = new ArrayList<>();
    for (int left = in.count(0, MAX_HELD); left > 0; left--) {
      OriginNumber number = in.originNumber();
      held.add(new HeldNumber(number, in.fixed(Sha256.HASH_BYTES)));
    }
    in.require(isAllowedHeld(held));
    return new Content(federation, recipient, gateway, origin, issued, watermarks, held);
  }

  private static Watermark readWatermark(FieldReader in) throws MalformedInput {
    long epoch = in.number(1);
    Lane lane = in.lane();
    long upTo = in.number(0);
    List<Watermark.Range> above = new ArrayList<>();
    for (int left = in.count(0, Watermark.MAX_RANGES); left > 0; left--) {
      above.add(new Watermark.Range(in.number(1), in.number(1)));
    }
    in.require(Watermark.isAllowed(upTo, above));
    return new Watermark(epoch, lane, upTo, above);
  }

  private static byte[] encode(Content content) {
    FieldWriter out =
        new FieldWriter(512)
            .u8(Suite.FORMAT_VERSION)
            .text(content.federation().value())
            .text(content.recipient().value())
            .text(content.gateway().value())
            .text(content.origin().value())
            .u64(content.issuedAtMs())
            .u16(content.watermarks().size());
    for (Watermark watermark : content.watermarks()) {
      out.u64(watermark.epoch())
          .u8(watermark.lane().number())
          .u64(watermark.upTo())
          .u16(watermark.above().size());
      for (Watermark.Range range : watermark.above()) {
        out.u64(range.from()).u64(range.to());
      }
    }
    out.u16(content.held().size());
    for (HeldNumber held : content.held()) {
      out.originNumber(held.number()).fixed(held.headerHash());
    }
    return out.toBytes();
  }

  private static boolean isAllowed(List<Watermark> watermarks) {
    return isAscending(watermarks, ORDER) && watermarks.size() <= MAX_WATERMARKS;
  }

  private static boolean isAllowedHeld(List<HeldNumber> held) {
    return isAscending(held, NUMBERS) && held.size() <= MAX_HELD;
  }

  private static <T> boolean isAscending(List<T> list, Comparator<T> order) {
    boolean ascending = true;
    for (int i = 1; i < list.size(); i++) {
      ascending &= order.compare(list.get(i - 1), list.get(i)) < 0;
    }
    return ascending;
  }

  /** The content. */
  public Content content() {
    return content;
  }

  @Override
  public Frame frame() {
    return new Frame(
        content.federation(), content.recipient(), content.gateway(), content.origin());
  }

  /** Whether this key's owner signed it. */
  @Override
  public boolean isSignedBy(Ed25519VerifyingKey key) {
    return signature.isBy(key);
  }

  /** A copy of the exact bytes that are signed. */
  public byte[] statement() {
    return signature.body();
  }

  /** A copy of the signature, 64 bytes. */
  public byte[] signature() {
    return signature.signature();
  }

  @Override
  public String toString() {
    return "watermarks of " + content.recipient() + " for " + content.origin();
  }
}
