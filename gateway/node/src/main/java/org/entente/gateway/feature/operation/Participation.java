package org.entente.gateway.feature.operation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;

/**
 * Rules of participation: who may send messages in an operation to whom, and which messages are
 * accepted. Pure. Agreements are checked separately: membership alone permits nothing.
 *
 * <p>An accepted message names the newest stored roster by its hash. The previous roster is
 * accepted for messages made before the next one could be known: until {@value #MINUTES} minutes
 * after that was signed, and only from agencies that are members of the newest roster too. A later
 * roster is accepted from agencies that are members of the newest one; the claim is checked once
 * the later roster arrives.
 */
public final class Participation {
  private static final int MINUTES = 10;

  /** How long after a new roster was signed its members may use the previous one. */
  public static final Duration GRACE = Duration.ofMinutes(MINUTES);

  private Participation() {}

  /**
   * The recipients of a draft.
   *
   * @param only the members addressed by name or by desk; empty for all
   * @param exercise whether the draft is training
   */
  public static Result<List<AgencyName>> addressed(
      HeldRosters held, AgencyName self, List<AgencyName> only, boolean exercise, Instant now) {
    RosterStatement.Content roster = held.newest().content();
    if (held.forked()) {
      return Result.refused(
          Code.ROSTER_FORKED, "to.operation", "its lead has signed contradicting rosters");
    }
    if (roster.terms().closed() || !now.isBefore(ends(roster))) {
      return Result.refused(
          Code.OPERATION_CLOSED, "to.operation", "the operation is closed or has ended");
    }
    if (!publishes(roster, self)) {
      return Result.refused(
          Code.OPERATION_ROLE, "to.operation", "this agency is an observer, or no longer a member");
    }
    if (roster.terms().exercise() != exercise) {
      return Result.refused(
          Code.INVALID_FIELD,
          "label.status",
          roster.terms().exercise()
              ? "must be EXERCISE, like the operation"
              : "must not be EXERCISE");
    }
    List<AgencyName> recipients = new ArrayList<>(only.isEmpty() ? roster.agencies() : only);
    for (AgencyName recipient : recipients) {
      if (roster.role(recipient).isEmpty()) {
        return Result.refused(
            Code.OPERATION_ROLE, "to", recipient + " is not a member of the operation");
      }
    }
    recipients.remove(self);
    return recipients.isEmpty()
        ? Result.refused(Code.NO_RECIPIENT, "to.operation", "it has no other member")
        : Result.done(recipients);
  }

  /** The claims of a message about its operation. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Claim(long number, byte[] hash, boolean exercise, Instant created) {}

  /**
   * Why a message is not accepted; empty if it is.
   *
   * @param origin the sender
   * @param self the recipient
   */
  public static Optional<Problem> refusal(
      HeldRosters held, AgencyName origin, AgencyName self, Claim claim) {
    RosterStatement.Content newest = held.newest().content();
    if (held.forked()) {
      return refused(Code.ROSTER_FORKED, "its lead has signed contradicting rosters");
    }
    if (!publishes(newest, origin)) {
      return refused(Code.OPERATION_ROLE, origin + " is an observer, or no longer a member");
    }
    if (newest.role(self).isEmpty()) {
      return refused(Code.OPERATION_ROLE, self + " is no longer a member");
    }
    if (newest.terms().exercise() != claim.exercise()) {
      return refused(Code.HEADER_MISMATCH, "exercise and actual operations must not be mixed");
    }
    return claim.number() < held.newest().number()
        ? byEarlier(held, origin, self, claim)
        : byNewest(held.newest(), claim);
  }

  private static Optional<Problem> byNewest(RosterStatement newest, Claim claim) {
    RosterStatement.Content roster = newest.content();
    if (claim.number() == newest.number() && !Arrays.equals(claim.hash(), newest.hash())) {
      return forked(claim);
    }
    // No roster follows the last one.
    return roster.terms().closed() || claim.created().isAfter(ends(roster).plus(GRACE))
        ? refused(Code.OPERATION_CLOSED, "the operation is closed or has ended")
        : Optional.empty();
  }

  private static Optional<Problem> byEarlier(
      HeldRosters held, AgencyName origin, AgencyName self, Claim claim) {
    Optional<RosterStatement> named = held.at(claim.number());
    Optional<RosterStatement> next = held.at(claim.number() + 1);
    if (named.isEmpty() || next.isEmpty()) {
      return refused(Code.ROSTER_STALE, "it uses a roster that was replaced");
    }
    if (!Arrays.equals(claim.hash(), named.get().hash())) {
      return forked(claim);
    }
    Instant replaced = Instant.ofEpochMilli(next.get().content().place().issuedAtMs());
    RosterStatement.Content roster = named.get().content();
    if (claim.created().isAfter(replaced.plus(GRACE)) || roster.role(self).isEmpty()) {
      return refused(Code.ROSTER_STALE, "it uses a roster that was replaced earlier");
    }
    return publishes(roster, origin)
        ? Optional.empty()
        : refused(
            Code.OPERATION_ROLE, origin + " did not have this role in the roster that it names");
  }

  private static boolean publishes(RosterStatement.Content roster, AgencyName agency) {
    return roster.role(agency).filter(RosterRole::publishes).isPresent();
  }

  private static Instant ends(RosterStatement.Content roster) {
    return Instant.ofEpochMilli(roster.terms().endsAtMs());
  }

  private static Optional<Problem> forked(Claim claim) {
    return refused(
        Code.ROSTER_FORKED,
        "it names another roster " + claim.number() + " than the one stored here");
  }

  private static Optional<Problem> refused(Code code, String reason) {
    return Optional.of(new Problem(code, "", reason));
  }
}
