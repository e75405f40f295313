package org.entente.gateway.audit.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.MessagePath;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;

/**
 * Evidence for a third party that a gateway accepted or received a message, as one file. Wire
 * format "message proof".
 *
 * <pre>
 *   entente/v1 message proof
 *   message &lt;32 hex digits&gt;
 *   path &lt;Base64&gt;              {@link MessagePath} from it to the record
 *   header &lt;Base64&gt;            envelope header
 *   signature &lt;Base64&gt;         of the origin's gateway over it
 *   announcement &lt;Base64&gt;      or key-bundle: names that gateway's key, signed by its agency
 *   bundle &lt;Base64&gt;            trust bundle, a signed note
 *                                an empty line
 *   &lt;the rest&gt;                 {@link LogProof} with the record, under a cosigned checkpoint
 * </pre>
 *
 * {@code parse(b)} returns empty or a proof whose {@link #encode()} is {@code b}. It verifies
 * nothing; {@link ProofVerifier} does. Immutable.
 */
public final class MessageProof {
  /** Largest file in bytes. */
  public static final int MAX_BYTES = 8 << 20;

  private static final String FIRST = "entente/v1 message proof";
  private static final String MESSAGE = "message ";
  private static final String PATH = "path ";
  private static final String HEADER = "header ";
  private static final String SIGNATURE = "signature ";
  private static final String ANNOUNCEMENT = "announcement ";
  private static final String KEY_BUNDLE = "key-bundle ";
  private static final String BUNDLE = "bundle ";
  private static final int LINES = 7;

  private final MessageId message;
  private final MessagePath path;
  private final SignedHeader envelope;
  private final Voucher voucher;
  private final byte[] bundle;
  private final LogProof leaf;

  /**
   * An envelope's header and the signature over it. Callers must not change the arrays.
   *
   * @param header exact bytes
   * @param signature 64 bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record SignedHeader(byte[] header, byte[] signature) {}

  /**
   * The agency's signed statement that names the key of the origin's gateway. Callers must not
   * change the array.
   *
   * @param announcement true for a session announcement, false for a key bundle
   * @param bytes exact bytes, with the agency's signature
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Voucher(boolean announcement, byte[] bytes) {}

  /** Makes a proof from its parts. */
  public MessageProof(
      MessageId message,
      MessagePath path,
      SignedHeader envelope,
      Voucher voucher,
      byte[] bundle,
      LogProof leaf) {
    this.message = message;
    this.path = path;
    this.envelope = envelope;
    this.voucher = voucher;
    this.bundle = bundle.clone();
    this.leaf = leaf;
  }

  /** Reads a file strictly; empty when an encoder would not have written it. */
  public static Optional<MessageProof> parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    String whole = new String(bytes, StandardCharsets.UTF_8);
    int split = whole.indexOf("\n\n");
    if (split < 0) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(Arrays.asList(whole.substring(0, split).split("\n", -1)));
    byte[] rest = whole.substring(split + 2).getBytes(StandardCharsets.UTF_8);
    return LogProof.parse(rest)
        .flatMap(leaf -> parse(lines, leaf))
        .filter(proof -> Arrays.equals(proof.encode(), bytes));
  }

  /** Parses leniently; {@link #parse(byte[])} then compares the encoding. */
  private static Optional<MessageProof> parse(List<String> lines, LogProof leaf) {
    if (lines.size() != LINES) {
      return Optional.empty();
    }
    try {
      boolean announcement = lines.get(5).startsWith(ANNOUNCEMENT);
      return Optional.of(
          new MessageProof(
              MessageId.parse(after(MESSAGE, lines.get(1))),
              path(lines.get(2)),
              new SignedHeader(bytes(HEADER, lines.get(3)), bytes(SIGNATURE, lines.get(4))),
              new Voucher(
                  announcement, bytes(announcement ? ANNOUNCEMENT : KEY_BUNDLE, lines.get(5))),
              bytes(BUNDLE, lines.get(6)),
              leaf));
    } catch (IllegalArgumentException notThese) {
      return Optional.empty();
    }
  }

  private static String after(String name, String line) {
    if (!line.startsWith(name)) {
      throw new InvalidValue("a line begins with " + name, "another");
    }
    return line.substring(name.length());
  }

  private static MessagePath path(String line) {
    return MessagePath.parse(bytes(PATH, line))
        .orElseThrow(() -> new InvalidValue("a path has a place, a blind and hashes", "another"));
  }

  private static byte[] bytes(String name, String line) {
    return Base64.getDecoder().decode(after(name, line));
  }

  /** The file's content. */
  public byte[] encode() {
    String own =
        FIRST
            + '\n'
            + MESSAGE
            + message
            + '\n'
            + line(PATH, path.encode())
            + line(HEADER, envelope.header())
            + line(SIGNATURE, envelope.signature())
            + line(voucher.announcement() ? ANNOUNCEMENT : KEY_BUNDLE, voucher.bytes())
            + line(BUNDLE, bundle)
            + '\n'
            + new String(leaf.encode(), StandardCharsets.UTF_8);
    return own.getBytes(StandardCharsets.UTF_8);
  }

  private static String line(String name, byte[] bytes) {
    return name + Base64.getEncoder().encodeToString(bytes) + '\n';
  }

  /** The message that it proves. */
  public MessageId message() {
    return message;
  }

  /** The path from the message to the record in the leaf. */
  public MessagePath path() {
    return path;
  }

  /** Header and signature. */
  public SignedHeader envelope() {
    return envelope;
  }

  /** The statement that names the signing key. */
  public Voucher voucher() {
    return voucher;
  }

  /** The trust bundle's note, a new array. */
  public byte[] bundle() {
    return bundle.clone();
  }

  /** The leaf with its record, index and checkpoint. */
  public LogProof leaf() {
    return leaf;
  }
}
