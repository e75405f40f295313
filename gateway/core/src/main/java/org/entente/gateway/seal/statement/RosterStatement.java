package org.entente.gateway.seal.statement;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.OperationId;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.entente.gateway.seal.format.Suite;

/**
 * Roster of a joint operation, signed by a gateway of the lead agency until then. Rosters are
 * numbered from 1; each names the hash of the previous one; the store of rosters checks their
 * order. Wire format "roster".
 */
public record RosterStatement(Signed<Content> signed)
    implements SignedStatement.ByGateway<RosterStatement.Content> {
  /** Greatest number of members. */
  public static final int MAX_MEMBERS = 64;

  /** Longest time from the beginning to the end of an operation. */
  public static final Duration LONGEST = Duration.ofDays(3_653);

  /** Upper bound on the size of a statement. */
  public static final int MAX_BYTES = 8_192;

  private static final byte[] FIRST = new byte[Sha256.HASH_BYTES];
  private static final Pattern NAME = Pattern.compile("[A-Z0-9][A-Z0-9 -]{0,31}");
  private static final StatementFormat<Content> FORMAT =
      new StatementFormat<>(
          Suite.ROSTER,
          StatementFormat.BY_GATEWAY,
          StatementFormat.TO_ALL,
          (frame, in) ->
              new Content(
                  Place.read(frame, in), Terms.read(in), in.list(MAX_MEMBERS, RosterMember::read)),
          (content, out) -> {
            content.place().write(out);
            content.terms().write(out);
            out.list(content.members(), RosterMember::write);
          });

  /**
   * Position of a roster in its chain, and its signer.
   *
   * @param frame its signer: the lead until this roster, the previous roster's, or with number 1
   *     its own
   * @param operation the operation
   * @param number from 1
   * @param previous hash of the previous roster, 32 bytes; zeros with number 1
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by hash of the whole
  public record Place(StatementFrame frame, OperationId operation, long number, byte[] previous)
      implements SignedStatement.Content {
    public Place {
      previous = previous.clone();
      if (number < 1
          || previous.length != Sha256.HASH_BYTES
          || (number == 1) != Arrays.equals(previous, FIRST)) {
        throw new IllegalArgumentException("roster " + number + " of operation " + operation);
      }
    }

    private static Place read(StatementFrame frame, FieldReader in) {
      OperationId operation = OperationId.of(in.fixed(OperationId.SIZE));
      return new Place(frame, operation, in.number(1), in.fixed(Sha256.HASH_BYTES));
    }

    private void write(FieldWriter out) {
      out.fixed(operation.bytes()).u64(number).fixed(previous);
    }

    /** The lead until this roster. */
    public AgencyName signer() {
      return frame.issuer();
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
      String name, boolean exercise, boolean closed, long startsAtMs, long endsAtMs) {
    private static Terms read(FieldReader in) {
      int flags = in.u8();
      return new Terms(in.text(), (flags & 1) != 0, (flags & 2) != 0, in.time(), in.time());
    }

    private void write(FieldWriter out) {
      out.u8((exercise ? 1 : 0) | (closed ? 2 : 0)).text(name).u64(startsAtMs).u64(endsAtMs);
    }

    private boolean isAllowed() {
      return isName(name)
          && startsAtMs >= 0
          && endsAtMs > startsAtMs
          && endsAtMs - startsAtMs <= LONGEST.toMillis();
    }
  }

  /**
   * Content of a roster.
   *
   * @param members 1 to 64 by name; one of them is the lead from this roster on
   */
  public record Content(Place place, Terms terms, List<RosterMember> members)
      implements SignedStatement.Content {
    public Content {
      members =
          AscendingList.copyOf(members, Comparator.comparing(RosterMember::agency), 1, MAX_MEMBERS);
      List<AgencyName> leads =
          members.stream()
              .filter(member -> member.role() == RosterRole.LEAD)
              .map(RosterMember::agency)
              .toList();
      if (!terms.isAllowed()
          || leads.size() != 1
          || (place.number() == 1 && !leads.contains(place.signer()))) {
        throw new IllegalArgumentException(
            "roster " + place.number() + " of operation " + place.operation());
      }
    }

    @Override
    public StatementFrame frame() {
      return place.frame();
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
    return new RosterStatement(FORMAT.sign(content, key));
  }

  /** Reads a roster from outside; empty if it is malformed. Verifies no signature. */
  public static Optional<RosterStatement> parse(byte[] bytes) {
    return FORMAT.parse(bytes).map(RosterStatement::new);
  }

  /** Its number. */
  public long number() {
    return content().place().number();
  }

  /**
   * Hash of the signed bytes, which the next roster and messages refer to. 32 bytes, a new array.
   */
  public byte[] hash() {
    return signed.hash();
  }

  /** Whether another is the same roster, whatever its signature. */
  public boolean isSame(RosterStatement other) {
    return Arrays.equals(hash(), other.hash());
  }

  /** Names operation and number, not the members. */
  @Override
  public String toString() {
    return "roster " + number() + " of operation " + content().place().operation();
  }
}
