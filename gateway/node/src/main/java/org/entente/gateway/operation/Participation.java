package org.entente.gateway.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.format.RosterRole;
import org.entente.gateway.seal.format.RosterStatement;

/**
 * Who may say something in an operation to whom, and what of it is taken. Pure. Agreements are
 * asked apart from this: to be a member permits nothing by itself.
 *
 * <p>What is taken names the newest roster that is held, by its hash. One before is good enough for
 * what was made before the next could be known: until {@value #MINUTES} minutes after that was
 * signed, and only from who publishes by the newest too. A later one is taken from who publishes by
 * the newest, and what it goes by is held against that roster when it comes.
 */
public final class Participation {
  private static final int MINUTES = 10;

  /** For how long after a roster was signed its members may go by the one before. */
  public static final Duration GRACE = Duration.ofMinutes(MINUTES);

  private Participation() {}

  /** What comes of a draft that is addressed to an operation. */
  public sealed interface AddressResult {
    /** It goes to these, if agreements let it. */
    record Members(List<AgencyName> recipients) implements AddressResult {
      /** Copies the list. */
      public Members {
        recipients = List.copyOf(recipients);
      }
    }

    /** It goes to nobody. */
    record NoMember(Problem problem) implements AddressResult {}
  }

  /**
   * Whom a draft goes to.
   *
   * @param only the members it is for, by name or by desks of theirs; empty for all
   * @param exercise whether it is training
   */
  public static AddressResult addressed(
      HeldRosters held, AgencyName self, List<AgencyName> only, boolean exercise, Instant now) {
    RosterStatement.Content roster = held.newest().content();
    if (held.forked()) {
      return nobody(
          Code.ROSTER_FORKED, "to.operation", "its lead has signed rosters that contradict");
    }
    if (roster.terms().closed() || !now.isBefore(ends(roster))) {
      return nobody(Code.OPERATION_CLOSED, "to.operation", "the operation is closed or over");
    }
    if (!publishes(roster, self)) {
      return nobody(
          Code.OPERATION_ROLE, "to.operation", "this agency is an observer, or no member any more");
    }
    if (roster.terms().exercise() != exercise) {
      return nobody(
          Code.INVALID_FIELD,
          "label.status",
          roster.terms().exercise() ? "is EXERCISE, as the operation is" : "is not EXERCISE");
    }
    List<AgencyName> recipients = new ArrayList<>(only.isEmpty() ? roster.agencies() : only);
    for (AgencyName recipient : recipients) {
      if (roster.role(recipient).isEmpty()) {
        return nobody(Code.OPERATION_ROLE, "to", recipient + " is no member of the operation");
      }
    }
    recipients.remove(self);
    return recipients.isEmpty()
        ? nobody(Code.NO_RECIPIENT, "to.operation", "it has no other member")
        : new AddressResult.Members(recipients);
  }

  /** What a message says of the operation in which it was said. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Claim(long number, byte[] hash, boolean exercise, Instant created) {}

  /** Why something is not taken. */
  public record ParticipationRefusal(Code code, String reason) {}

  /**
   * Why a message is not taken; empty if it is.
   *
   * @param origin who says it
   * @param self who takes it
   */
  public static Optional<ParticipationRefusal> refusal(
      HeldRosters held, AgencyName origin, AgencyName self, Claim claim) {
    RosterStatement.Content newest = held.newest().content();
    if (held.forked()) {
      return refused(Code.ROSTER_FORKED, "its lead has signed rosters that contradict each other");
    }
    if (!publishes(newest, origin)) {
      return refused(Code.OPERATION_ROLE, origin + " is an observer, or no member any more");
    }
    if (newest.role(self).isEmpty()) {
      return refused(Code.OPERATION_ROLE, self + " is no member any more");
    }
    if (newest.terms().exercise() != claim.exercise()) {
      return refused(Code.HEADER_MISMATCH, "exercise and actual operations do not mix");
    }
    return claim.number() < held.newest().number()
        ? byEarlier(held, origin, self, claim)
        : byNewest(held.newest(), claim);
  }

  private static Optional<ParticipationRefusal> byNewest(RosterStatement newest, Claim claim) {
    RosterStatement.Content roster = newest.content();
    if (claim.number() == newest.number() && !Arrays.equals(claim.hash(), newest.hash())) {
      return forked(claim);
    }
    // After the last roster there is no later one.
    return roster.terms().closed() || claim.created().isAfter(ends(roster).plus(GRACE))
        ? refused(Code.OPERATION_CLOSED, "the operation is closed or over")
        : Optional.empty();
  }

  private static Optional<ParticipationRefusal> byEarlier(
      HeldRosters held, AgencyName origin, AgencyName self, Claim claim) {
    Optional<RosterStatement> named = held.at(claim.number());
    Optional<RosterStatement> next = held.at(claim.number() + 1);
    if (named.isEmpty() || next.isEmpty()) {
      return refused(Code.ROSTER_STALE, "it goes by a roster that was replaced");
    }
    if (!Arrays.equals(claim.hash(), named.get().hash())) {
      return forked(claim);
    }
    Instant replaced = Instant.ofEpochMilli(next.get().content().place().issuedAtMs());
    RosterStatement.Content roster = named.get().content();
    if (claim.created().isAfter(replaced.plus(GRACE)) || roster.role(self).isEmpty()) {
      return refused(Code.ROSTER_STALE, "it goes by a roster that was replaced before");
    }
    return publishes(roster, origin)
        ? Optional.empty()
        : refused(Code.OPERATION_ROLE, origin + " had no such part by the roster that it names");
  }

  private static boolean publishes(RosterStatement.Content roster, AgencyName agency) {
    return roster.role(agency).filter(RosterRole::publishes).isPresent();
  }

  private static Instant ends(RosterStatement.Content roster) {
    return Instant.ofEpochMilli(roster.terms().endsAtMs());
  }

  private static Optional<ParticipationRefusal> forked(Claim claim) {
    return refused(
        Code.ROSTER_FORKED, "another roster " + claim.number() + " is held here than it names");
  }

  private static Optional<ParticipationRefusal> refused(Code code, String reason) {
    return Optional.of(new ParticipationRefusal(code, reason));
  }

  private static AddressResult nobody(Code code, String field, String reason) {
    return new AddressResult.NoMember(new Problem(code, field, reason));
  }
}
