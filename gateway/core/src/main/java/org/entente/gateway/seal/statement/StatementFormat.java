package org.entente.gateway.seal.statement;

import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.PairSignature;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;

/**
 * Format of one kind of signed statement.
 *
 * <pre>
 * version · suite · frame · content │ signature over domain ‖ all before it
 * </pre>
 *
 * <p>The content's own constructor is the only judge of its values. Bytes that do not equal the
 * encoding of what they say are malformed: lists out of order, for example.
 *
 * @param <C> the content
 */
final class StatementFormat<C extends SignedStatement.Content> {
  /** Length of the signature of a gateway. */
  static final int BY_GATEWAY = Ed25519VerifyingKey.SIGNATURE_BYTES;

  /** Length of the signature of an agency's pair. */
  static final int BY_AGENCY = PairSignature.ENCODED_BYTES;

  /** The frame names one addressee. */
  static final boolean TO_ONE = true;

  /** The frame names no addressee. */
  static final boolean TO_ALL = false;

  private final byte[] domain;
  private final int signatureBytes;
  private final boolean addressed;
  private final BiFunction<StatementFrame, FieldReader, C> reader;
  private final BiConsumer<C, FieldWriter> writer;

  /**
   * Joins a domain with what reads and writes the content.
   *
   * @param signatureBytes {@link #BY_GATEWAY} or {@link #BY_AGENCY}
   * @param addressed {@link #TO_ONE} or {@link #TO_ALL}
   */
  StatementFormat(
      byte[] domain,
      int signatureBytes,
      boolean addressed,
      BiFunction<StatementFrame, FieldReader, C> reader,
      BiConsumer<C, FieldWriter> writer) {
    this.domain = domain;
    this.signatureBytes = signatureBytes;
    this.addressed = addressed;
    this.reader = reader;
    this.writer = writer;
  }

  /** Signs with the key of the gateway that the frame names. */
  Signed<C> sign(C content, Ed25519SigningKey key) {
    return sign(content, key::sign);
  }

  /** Signs with a pair of the agency that the frame names. */
  Signed<C> sign(C content, SigningPair pair) {
    return sign(content, message -> pair.sign(message).encoded());
  }

  private Signed<C> sign(C content, UnaryOperator<byte[]> signing) {
    if (content.frame().addressee().isPresent() != addressed) {
      throw new IllegalArgumentException(
          "a statement " + (addressed ? "to nobody" : "to one agency, which is for all"));
    }
    byte[] body = encode(content);
    return new Signed<>(content, domain, body, signing.apply(Suite.message(domain, body)));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  Optional<Signed<C>> parse(byte[] bytes) {
    return FieldReader.parse(bytes, this::read);
  }

  private Signed<C> read(FieldReader in) {
    in.version();
    in.suite();
    StatementFrame frame = StatementFrame.read(in);
    in.require(frame.addressee().isPresent() == addressed);
    C content = reader.apply(frame, in);
    byte[] body = encode(content);
    in.require(in.hasRead(body));
    return new Signed<>(content, domain, body, in.fixed(signatureBytes));
  }

  private byte[] encode(C content) {
    FieldWriter out = new FieldWriter(512).u8(Suite.FORMAT_VERSION).u8(Suite.NUMBER);
    content.frame().write(out);
    writer.accept(content, out);
    return out.toBytes();
  }
}
