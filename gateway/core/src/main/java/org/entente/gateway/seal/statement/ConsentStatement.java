package org.entente.gateway.seal.statement;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;

/**
 * An originator's consent to passing on its messages, signed by its gateway. The statement proves
 * what was granted to whom. The reader checks that the signer is the originator of the messages.
 * Wire format "consent".
 */
public record ConsentStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<ConsentStatement.Content> {
  /** Most messages in one statement. */
  public static final int MAX_MESSAGES = 16;

  /** Most agencies in one statement. */
  public static final int MAX_AGENCIES = 64;

  /** Most jurisdictions in one statement. */
  public static final int MAX_JURISDICTIONS = 16;

  /** Most purposes in one statement. */
  public static final int MAX_PURPOSES = 32;

  private static final Pattern JURISDICTION = Pattern.compile("[A-Z]{2}");

  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.CONSENT,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ONE,
          (frame, in) -> new Content(frame, in.messageId(), Terms.read(in)),
          (content, out) -> {
            out.fixed(content.id().bytes());
            content.terms().write(out);
          });

  /**
   * Content of a statement.
   *
   * @param frame the originator that grants, and the agency that may pass messages on
   * @param id name of the consent: the id of the message that requested it
   * @param terms messages, recipients, purposes and time
   */
  public record Content(StatementFrame frame, MessageId id, Terms terms)
      implements SignedStatement.Content {
    /** The originator. */
    public AgencyName grantor() {
      return frame.issuer();
    }

    /** The agency that may pass the messages on. */
    public AgencyName grantee() {
      return frame.addressee().orElseThrow();
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

    private static Terms read(FieldReader in) {
      return new Terms(
          in.list(MAX_MESSAGES, FieldReader::messageId),
          in.list(MAX_AGENCIES, FieldReader::agency),
          in.list(MAX_JURISDICTIONS, FieldReader::text),
          in.list(MAX_PURPOSES, FieldReader::u8),
          in.time());
    }

    private void write(FieldWriter out) {
      out.list(messages, (id, each) -> each.fixed(id.bytes()))
          .list(agencies, (agency, each) -> each.text(agency.value()))
          .list(jurisdictions, (code, each) -> each.text(code))
          .list(purposes, (purpose, each) -> each.u8(purpose))
          .u64(untilMs);
    }
  }

  /** Signs a statement with the key of the gateway that it names. */
  public static ConsentStatement sign(Content content, Ed25519SigningKey key) {
    return new ConsentStatement(FORMAT.sign(content, key));
  }

  /** Reads a statement from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<ConsentStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(ConsentStatement::new);
  }

  @Override
  public String toString() {
    Content content = content();
    return "consent " + content.id() + " of " + content.grantor() + " to " + content.grantee();
  }
}
