package org.entente.gateway.policy.terms;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.cel.Condition;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Purpose;
import org.jspecify.annotations.Nullable;

/**
 * A legal basis written as policy: who may share what with whom, and what binds the recipient.
 *
 * <p>Made from a file that passed validation; immutable.
 *
 * @param id unique name in a rulebook: 1 to 64 characters of {@code a-z 0-9 -}
 * @param title its usual name
 * @param law the legal side
 * @param parties who shares with whom
 * @param covers what may be shared
 * @param obligations what binds sender and recipient
 * @param redactions fields withheld from recipients
 * @param validity when it is in force
 */
public record Agreement(
    String id,
    String title,
    Law law,
    Parties parties,
    Covers covers,
    Obligations obligations,
    Redactions redactions,
    Validity validity) {
  /** Longest retention, in days: a hundred years. */
  public static final int MAX_RETENTION_DAYS = 36_500;

  /** A copy under which the content may be kept for this number of days. */
  public Agreement keeping(int retentionDays) {
    return keeping(retentionDays, obligations.deliverWithinDays());
  }

  /** A copy under which the content may be on its way, and kept, for these numbers of days. */
  public Agreement keeping(int retentionDays, int deliverWithinDays) {
    Obligations kept =
        new Obligations(
            retentionDays,
            obligations.onwardTransfer(),
            obligations.noExport(),
            obligations.fourEyes(),
            obligations.personRequired(),
            obligations.maxMessageBytes(),
            deliverWithinDays);
    return new Agreement(id, title, law, parties, covers, kept, redactions, validity);
  }

  /** How a recipient may pass content on. */
  public enum OnwardTransfer {
    /** The recipient may pass nothing on. */
    NONE,
    /** Pass it on with the originator's consent. */
    WITH_CONSENT,
    /** Pass it on to other parties of the agreement. */
    WITHIN_PARTIES
  }

  /**
   * What may be shared.
   *
   * @param kinds kinds of message
   * @param categories categories
   * @param purposes purposes
   * @param ceiling highest classification
   * @param handling handling codes that a message may carry
   * @param personalData whether personal data may be shared
   * @param rule a further condition; null for none
   */
  public record Covers(
      Set<Kind> kinds,
      Set<Category> categories,
      Set<Purpose> purposes,
      Classification ceiling,
      Set<Handling> handling,
      boolean personalData,
      @Nullable Condition rule) {
    public Covers {
      kinds = Set.copyOf(kinds);
      categories = Set.copyOf(categories);
      purposes = Set.copyOf(purposes);
      handling = Set.copyOf(handling);
    }

    /** The further condition, if there is one. */
    public Optional<Condition> condition() {
      return Optional.ofNullable(rule);
    }
  }

  /**
   * What binds sender and recipient.
   *
   * @param retentionDays days the recipient may keep the content, 1 to 36,500
   * @param onwardTransfer what the recipient may pass on
   * @param noExport whether the recipient's programs may not copy it into other systems
   * @param fourEyes whether a second person must release each message
   * @param personRequired whether the officer who sends, and why, must be named in each draft
   * @param maxMessageBytes largest body
   * @param deliverWithinDays days after which an undelivered message expires, 1 to 365
   */
  public record Obligations(
      int retentionDays,
      OnwardTransfer onwardTransfer,
      boolean noExport,
      boolean fourEyes,
      boolean personRequired,
      int maxMessageBytes,
      int deliverWithinDays) {

    /** The obligations that bind the recipient, as labels name them. */
    public List<Obligation> ofRecipient() {
      Obligation onward =
          switch (onwardTransfer) {
            case NONE -> Obligation.OBLIGATION_NO_ONWARD_TRANSFER;
            case WITH_CONSENT -> Obligation.OBLIGATION_ONWARD_WITH_CONSENT;
            case WITHIN_PARTIES -> Obligation.OBLIGATION_ONWARD_WITHIN_PARTIES;
          };
      return noExport
          ? List.of(
              Obligation.OBLIGATION_DESTROY_AFTER_RETENTION,
              onward,
              Obligation.OBLIGATION_NO_EXPORT)
          : List.of(Obligation.OBLIGATION_DESTROY_AFTER_RETENTION, onward);
    }
  }

  /**
   * The time in which an agreement is in force.
   *
   * @param from first day, UTC
   * @param until last day, UTC; null for an open end
   */
  public record Validity(LocalDate from, @Nullable LocalDate until) {
    /** The first moment. */
    public Instant begins() {
      return from.atStartOfDay().toInstant(ZoneOffset.UTC);
    }

    /** The first moment after the last day, if there is one. */
    public Optional<Instant> ends() {
      return Optional.ofNullable(until)
          .map(day -> day.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC));
    }

    /** Whether a time lies within the period. */
    public boolean includes(Instant now) {
      return !now.isBefore(begins()) && ends().map(now::isBefore).orElse(true);
    }
  }

  /**
   * Who shares with whom.
   *
   * <p>Both ways: origin and recipient must belong to different parties, or to one party that
   * shares among its own agencies. One way: origin to {@code from}, recipient to {@code to}.
   */
  public static final class Parties {
    private final List<Party> from;
    private final List<Party> to;
    private final boolean bothWays;

    private Parties(List<Party> from, List<Party> to, boolean bothWays) {
      this.from = List.copyOf(from);
      this.to = List.copyOf(to);
      this.bothWays = bothWays;
    }

    public static Parties bothWays(List<Party> parties) {
      return new Parties(parties, parties, true);
    }

    public static Parties oneWay(List<Party> from, List<Party> to) {
      return new Parties(from, to, false);
    }

    /** Who sends; with both ways, all parties. */
    public List<Party> from() {
      return from;
    }

    /** Who receives; with both ways, all parties. */
    public List<Party> to() {
      return to;
    }

    /** Whether the parties share with each other. */
    public boolean isBothWays() {
      return bothWays;
    }

    /** Whether the parties at these two indexes may share in this direction. */
    public boolean pairs(int fromIndex, int toIndex) {
      return !bothWays || fromIndex != toIndex || from.get(fromIndex).among();
    }

    /** Whether each is one agency, named. */
    public boolean areNamed() {
      return Stream.concat(from.stream(), to.stream()).allMatch(party -> party.agency() != null);
    }

    /** The parties in words. */
    public String words() {
      return list(from) + (bothWays ? " with each other" : " to " + list(to));
    }

    private static String list(List<Party> parties) {
      return String.join(", ", parties.stream().map(Party::words).toList());
    }

    @Override
    public String toString() {
      return words();
    }
  }
}
