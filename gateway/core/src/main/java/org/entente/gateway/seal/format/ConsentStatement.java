package org.entente.gateway.seal.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;

/**
 * An originator's consent to passing on its messages, signed by its gateway. The statement proves
 * what was granted to whom. Wire format "consent".
 *
 * <p>Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature. The
 * reader checks that the signer is the originator of the messages. Immutable and safe for use by
 * many threads.
 */
public final class ConsentStatement implements GatewayStatement {
  /** Most messages in one statement. */
  public static final int MAX_MESSAGES = 16;

  /** Most agencies in one statement. */
  public static final int MAX_AGENCIES = 64;

  /** Most jurisdictions in one statement. */
  public static final int MAX_JURISDICTIONS = 16;

  /** Most purposes in one statement. */
  public static final int MAX_PURPOSES = 32;

  private static final int JURISDICTION_BYTES = 2;
  private static final Pattern JURISDICTION = Pattern.compile("[A-Z]{2}");

  private final Content content;
  private final GatewaySignature signature;

  private ConsentStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
  }

  /**
   * Content of a statement.
   *
   * @param federation federation of both agencies
   * @param grantor the originator
   * @param gateway its gateway that signs
   * @param grantee the agency that may pass them on
   * @param issuedAtMs milliseconds since 1970
   * @param id name of the consent: the id of the message that requested it
   * @param terms messages, recipients, purposes and time
   */
  public record Content(
      FederationName federation,
      AgencyName grantor,
      NodeName gateway,
      AgencyName grantee,
      long issuedAtMs,
      MessageId id,
      Terms terms) {
    public Content {
      if (issuedAtMs < 0) {
        throw new IllegalArgumentException("a consent issued at " + issuedAtMs);
      }
    }
  }

  /**
   * Messages that may be passed on, and to whom. The lists are sorted and without repeats, whatever
   * the input.
   *
   * @param messages 1 to 16
   * @param agencies at most 64
   * @param jurisdictions at most 16 codes of two letters; one agency or jurisdiction at least
   * @param purposes 1 to 32 numbers of entente.v1.Purpose, each 1 to 255
   * @param untilMs when it ends, milliseconds since 1970
   */
  public record Terms(
      List<MessageId> messages,
      List<AgencyName> agencies,
      List<String> jurisdictions,
      List<Integer> purposes,
      long untilMs) {
    public Terms {
      messages = List.copyOf(new TreeSet<>(messages));
      agencies = List.copyOf(new TreeSet<>(agencies));
      jurisdictions = List.copyOf(new TreeSet<>(jurisdictions));
      purposes = List.copyOf(new TreeSet<>(purposes));
      if (!isBounded(messages, agencies, jurisdictions, purposes) || untilMs < 0) {
        throw new IllegalArgumentException(
            "a consent to " + messages.size() + " messages for " + agencies + jurisdictions);
      }
    }

    private static boolean isBounded(
        List<MessageId> messages,
        List<AgencyName> agencies,
        List<String> jurisdictions,
        List<Integer> purposes) {
      return !messages.isEmpty()
          && messages.size() <= MAX_MESSAGES
          && agencies.size() <= MAX_AGENCIES
          && jurisdictions.size() <= MAX_JURISDICTIONS
          && !(agencies.isEmpty() && jurisdictions.isEmpty())
          && jurisdictions.stream().allMatch(code -> JURISDICTION.matcher(code).matches())
          && !purposes.isEmpty()
          && purposes.size() <= MAX_PURPOSES
          && purposes.stream().allMatch(purpose -> purpose >= 1 && purpose <= 0xFF);
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static ConsentStatement sign(Content content, Ed25519SigningKey key) {
    return new ConsentStatement(
        content, GatewaySignature.sign(Suite.CONSENT, encode(content), key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<ConsentStatement> parse(byte[] bytes) {
    return FieldReader.parse(bytes, ConsentStatement::read);
  }

  private static ConsentStatement read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    AgencyName grantor = in.agency();
    NodeName gateway = in.node();
    AgencyName grantee = in.agency();
    long issued = in.time();
    MessageId id = MessageId.of(in.fixed(MessageId.SIZE));
    Terms terms = terms(in);
    byte[] body = in.soFar();
    byte[] signature = in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES);
    return new ConsentStatement(
        new Content(federation, grantor, gateway, grantee, issued, id, terms),
        new GatewaySignature(Suite.CONSENT, body, signature));
  }

  private static Terms terms(FieldReader in) throws MalformedInput {
    List<MessageId> messages = new ArrayList<>();
    for (int left = in.count(1, MAX_MESSAGES); left > 0; left--) {
      messages.add(MessageId.of(in.fixed(MessageId.SIZE)));
    }
    List<AgencyName> agencies = new ArrayList<>();
    for (int left = in.count(0, MAX_AGENCIES); left > 0; left--) {
      agencies.add(in.agency());
    }
    List<String> jurisdictions = new ArrayList<>();
    for (int left = in.count(0, MAX_JURISDICTIONS); left > 0; left--) {
      jurisdictions.add(jurisdiction(in));
    }
    List<Integer> purposes = new ArrayList<>();
    for (int left = in.count(1, MAX_PURPOSES); left > 0; left--) {
      int purpose = in.u8();
      in.require(purpose > 0);
      purposes.add(purpose);
    }
    in.require(isAscending(messages) && isAscending(agencies));
    in.require(isAscending(jurisdictions) && isAscending(purposes));
    in.require(!(agencies.isEmpty() && jurisdictions.isEmpty()));
    return new Terms(messages, agencies, jurisdictions, purposes, in.time());
  }

  private static String jurisdiction(FieldReader in) throws MalformedInput {
    StringBuilder code = new StringBuilder();
    for (byte letter : in.fixed(JURISDICTION_BYTES)) {
      in.require(letter >= 'A' && letter <= 'Z');
      code.append((char) letter);
    }
    return code.toString();
  }

  private static <T extends Comparable<T>> boolean isAscending(List<T> values) {
    return new ArrayList<>(new TreeSet<>(values)).equals(values);
  }

  private static byte[] encode(Content content) {
    Terms terms = content.terms();
    FieldWriter out =
        new FieldWriter(512)
            .u8(Suite.FORMAT_VERSION)
            .text(content.federation().value())
            .text(content.grantor().value())
            .text(content.gateway().value())
            .text(content.grantee().value())
            .u64(content.issuedAtMs())
            .fixed(content.id().bytes());
    out.u16(terms.messages().size());
    terms.messages().forEach(id -> out.fixed(id.bytes()));
    out.u16(terms.agencies().size());
    terms.agencies().forEach(agency -> out.text(agency.value()));
    out.u16(terms.jurisdictions().size());
    terms.jurisdictions().forEach(code -> out.u8(code.charAt(0)).u8(code.charAt(1)));
    out.u16(terms.purposes().size());
    terms.purposes().forEach(purpose -> out.u8(purpose));
    return out.u64(terms.untilMs()).toBytes();
  }

  /** The content. */
  public Content content() {
    return content;
  }

  @Override
  public Frame frame() {
    return new Frame(content.federation(), content.grantor(), content.gateway(), content.grantee());
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
    return "consent " + content.id() + " of " + content.grantor() + " to " + content.grantee();
  }
}
