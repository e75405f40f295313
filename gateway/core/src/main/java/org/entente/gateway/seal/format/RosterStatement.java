package org.entente.gateway.seal.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.OperationId;

/**
 * Roster of a joint operation, signed by a gateway of the lead agency until then. Rosters are
 * numbered from 1; each names the hash of the previous one. Wire format "roster".
 *
 * <p>Parsed input encodes to the same bytes; only {@link #isSignedBy} checks the signature, and the
 * store of rosters checks their order. Immutable and safe for use by many threads.
 */
public final class RosterStatement {
  /** Greatest number of members. */
  public static final int MAX_MEMBERS = 64;

  /** Longest time from the beginning to the end of an operation. */
  public static final Duration LONGEST = Duration.ofDays(3_653);

  /** Upper bound on the size of a statement. */
  public static final int MAX_BYTES = 8_192;

  private static final byte[] FIRST = new byte[Sha256.HASH_BYTES];
  private static final Pattern NAME = Pattern.compile("[A-Z0-9][A-Z0-9 -]{0,31}");
  private static final Comparator<RosterMember> ORDER = Comparator.comparing(RosterMember::agency);

  private final Content content;
  private final GatewaySignature signature;
  private final byte[] hash;

  private RosterStatement(Content content, GatewaySignature signature) {
    this.content = content;
    this.signature = signature;
    this.hash = Sha256.hash(Suite.ROSTER, signature.body());
  }

  /**
   * Position of a roster in its chain, and its signer.
   *
   * @param federation federation of all members
   * @param operation the operation
   * @param number from 1
   * @param previous hash of the previous roster, 32 bytes; zeros with number 1
   * @param signer the lead until this roster: the previous roster's, or with number 1 its own
   * @param gateway its gateway that signs
   * @param issuedAtMs milliseconds since 1970
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by hash of the whole
  public record Place(
      FederationName federation,
      OperationId operation,
      long number,
      byte[] previous,
      AgencyName signer,
      NodeName gateway,
      long issuedAtMs) {
    public Place {
      previous = previous.clone();
    }

    @Override
    public byte[] previous() {
      return previous.clone();
    }
  }

  /**
   * Terms of the operation.
   *
   * @param name cover name, 1 to 32 characters of A-Z 0-9 space and -
   * @param exercise whether it is an exercise
   * @param closed no further messages belong to it
   * @param startsAtMs when it starts, milliseconds since 1970
   * @param endsAtMs when it ends, at most ten years later
   */
  public record Terms(
      String name, boolean exercise, boolean closed, long startsAtMs, long endsAtMs) {}

  /**
   * Content of a roster.
   *
   * @param members 1 to 64 by name; one of them is the lead from this roster on
   */
  public record Content(Place place, Terms terms, List<RosterMember> members) {
    public Content {
      members = members.stream().sorted(ORDER).toList();
      if (!isAllowed(place, terms, members)) {
        throw new IllegalArgumentException(
            "roster " + place.number() + " of operation " + place.operation());
      }
    }

    /** The agency that leads from this roster on. */
    public AgencyName lead() {
      return members.stream()
          .filter(member -> member.role() == RosterRole.LEAD)
          .findFirst()
          .orElseThrow()
          .agency();
    }

    /** An agency's role; empty if it is not a member. */
    public Optional<RosterRole> role(AgencyName agency) {
      return members.stream()
          .filter(member -> member.agency().equals(agency))
          .map(RosterMember::role)
          .findFirst();
    }

    /** The members' names, sorted. */
    public List<AgencyName> agencies() {
      return members.stream().map(RosterMember::agency).toList();
    }
  }

  /** Whether a text can be the cover name of an operation. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The previous hash in the first roster. */
  public static byte[] nothingBefore() {
    return FIRST.clone();
  }

  /** Signs a roster with the key of the gateway that it names. */
  public static RosterStatement sign(Content content, Ed25519SigningKey key) {
    return new RosterStatement(content, GatewaySignature.sign(Suite.ROSTER, encode(content), key));
  }

  /** Reads a roster from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<RosterStatement> parse(byte[] bytes) {
    return bytes.length > MAX_BYTES
        ? Optional.empty()
        : FieldReader.parse(bytes, RosterStatement::read);
  }

  private static RosterStatement read(FieldReader in) throws MalformedInput {
    in.version();
    FederationName federation = in.federation();
    OperationId operation = OperationId.of(in.fixed(OperationId.SIZE));
    long number = in.number(1);
    byte[] previous = in.fixed(Sha256.HASH_BYTES);
    Place place =
        new Place(federation, operation, number, previous, in.agency(), in.node(), in.time());
    int flags = in.u8();
    in.require(flags <= 3);
    Terms terms = new Terms(in.ascii(), (flags & 1) != 0, (flags & 2) != 0, in.time(), in.time());
    List<RosterMember> members = new ArrayList<>();
    for (int left = in.count(1, MAX_MEMBERS); left > 0; left--) {
      AgencyName agency = in.agency();
      RosterRole role = RosterRole.of(in.u8()).orElseThrow(MalformedInput::new);
      members.add(new RosterMember(agency, role));
    }
    in.require(isAllowed(place, terms, members));
    byte[] body = in.soFar();
    byte[] signature = in.fixed(Ed25519VerifyingKey.SIGNATURE_BYTES);
    return new RosterStatement(
        new Content(place, terms, members), new GatewaySignature(Suite.ROSTER, body, signature));
  }

  private static byte[] encode(Content content) {
    Place place = content.place();
    Terms terms = content.terms();
    FieldWriter out =
        new FieldWriter(256 + 37 * content.members().size())
            .u8(Suite.FORMAT_VERSION)
            .text(place.federation().value())
            .fixed(place.operation().bytes())
            .u64(place.number())
            .fixed(place.previous())
            .text(place.signer().value())
            .text(place.gateway().value())
            .u64(place.issuedAtMs())
            .u8((terms.exercise() ? 1 : 0) | (terms.closed() ? 2 : 0))
            .text(terms.name())
            .u64(terms.startsAtMs())
            .u64(terms.endsAtMs())
            .u16(content.members().size());
    for (RosterMember member : content.members()) {
      out.text(member.agency().value()).u8(member.role().number());
    }
    return out.toBytes();
  }

  private static boolean isAllowed(Place place, Terms terms, List<RosterMember> members) {
    boolean first = place.number() == 1;
    return place.number() >= 1
        && place.issuedAtMs() >= 0
        && place.previous().length == Sha256.HASH_BYTES
        && first == Arrays.equals(place.previous(), FIRST)
        && isName(terms.name())
        && isTime(terms)
        && isAllowed(members)
        && (!first || isLead(members, place.signer()));
  }

  private static boolean isTime(Terms terms) {
    return terms.startsAtMs() >= 0
        && terms.endsAtMs() > terms.startsAtMs()
        && terms.endsAtMs() - terms.startsAtMs() <= LONGEST.toMillis();
  }

  private static boolean isAllowed(List<RosterMember> members) {
    boolean ascending = true;
    for (int i = 1; i < members.size(); i++) {
      ascending &= ORDER.compare(members.get(i - 1), members.get(i)) < 0;
    }
    long leads = members.stream().filter(member -> member.role() == RosterRole.LEAD).count();
    return ascending && leads == 1 && members.size() <= MAX_MEMBERS;
  }

  private static boolean isLead(List<RosterMember> members, AgencyName agency) {
    return members.contains(new RosterMember(agency, RosterRole.LEAD));
  }

  /** The content. */
  public Content content() {
    return content;
  }

  /** Its number. */
  public long number() {
    return content.place().number();
  }

  /**
   * Hash of the signed bytes, which the next roster and messages refer to. 32 bytes, a new array.
   */
  public byte[] hash() {
    return hash.clone();
  }

  /** Whether another is the same roster, whatever its signature. */
  public boolean isSame(RosterStatement other) {
    return Arrays.equals(hash, other.hash);
  }

  /** Whether this key's owner signed it. */
  public boolean isSignedBy(Ed25519VerifyingKey key) {
    return signature.isBy(key);
  }

  /** The exact bytes, the signature at the end. */
  public byte[] encoded() {
    return signature.signedBytes();
  }

  /** Names operation and number, not the members. */
  @Override
  public String toString() {
    return "roster " + number() + " of operation " + content.place().operation();
  }
}
