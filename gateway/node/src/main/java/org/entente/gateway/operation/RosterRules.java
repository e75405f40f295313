package org.entente.gateway.operation;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.format.RosterRole;
import org.entente.gateway.seal.format.RosterStatement;

/**
 * Whether a roster may follow those that are held. Pure: the signature was verified before.
 *
 * <p>The lead that a roster names signs the next one. A roster bears the next number and the hash
 * of the one before. It may leave numbers out only for a gateway that missed them, or that was no
 * member then, and only where the lead has not changed since. A change of the lead changes nobody
 * else.
 */
public final class RosterRules {
  private RosterRules() {}

  /** What comes of a roster. */
  public sealed interface Judgement {
    /** It is the newest from now on. */
    record Taken() implements Judgement {}

    /** It is held already. */
    record Known() implements Judgement {}

    /** Nothing of it is kept. */
    record Refused(Code code, String reason) implements Judgement {}

    /** Who had to sign it has signed something else as well: the operation ends here. */
    record Forked(String reason) implements Judgement {}
  }

  /**
   * Judges a roster that comes first.
   *
   * @param self who judges
   */
  public static Judgement first(RosterStatement offered, AgencyName self) {
    RosterStatement.Content content = offered.content();
    if (content.role(self).isEmpty()) {
      return refused(Code.OPERATION_ROLE, "it does not name this agency");
    }
    return content.place().signer().equals(content.lead())
        ? new Judgement.Taken()
        : refused(
            Code.ROSTER_UNKNOWN, "it appoints another lead, and the roster before is not here");
  }

  /** Judges a roster by those that are held. */
  public static Judgement next(RosterStatement offered, HeldRosters held, AgencyName self) {
    Optional<RosterStatement> same = held.at(offered.number());
    if (same.isPresent()) {
      return again(offered, same.get());
    }
    RosterStatement newest = held.newest();
    if (offered.number() < newest.number()) {
      return refused(Code.ROSTER_STALE, "a later one is held here, and this one was never");
    }
    if (!offered.content().place().signer().equals(newest.content().lead())) {
      return refused(Code.OPERATION_ROLE, "it is not signed by who leads the operation");
    }
    if (held.forked()) {
      return refused(Code.ROSTER_FORKED, "its lead has signed rosters that contradict each other");
    }
    if (newest.content().terms().closed()) {
      return refused(Code.OPERATION_CLOSED, "the operation is closed");
    }
    boolean follows = offered.number() == newest.number() + 1;
    if (follows && !Arrays.equals(offered.content().place().previous(), newest.hash())) {
      return new Judgement.Forked(
          "roster " + newest.number() + " that it follows is another than is held here");
    }
    return successor(offered, newest, follows, self);
  }

  private static Judgement again(RosterStatement offered, RosterStatement held) {
    if (offered.isSame(held)) {
      return new Judgement.Known();
    }
    boolean entitled = offered.content().place().signer().equals(held.content().place().signer());
    return entitled
        ? new Judgement.Forked("another roster " + held.number() + " is held here")
        : refused(Code.OPERATION_ROLE, "it is not signed by who had to sign that roster");
  }

  private static Judgement successor(
      RosterStatement offered, RosterStatement newest, boolean follows, AgencyName self) {
    RosterStatement.Content next = offered.content();
    RosterStatement.Content before = newest.content();
    boolean concerned = next.role(self).isPresent() || before.role(self).isPresent();
    if (!concerned) {
      return refused(Code.OPERATION_ROLE, "it does not name this agency");
    }
    if (!next.terms().name().equals(before.terms().name())
        || next.terms().exercise() != before.terms().exercise()) {
      return refused(
          Code.INVALID_FIELD, "cover name and whether it is an exercise stay as they were");
    }
    if (next.lead().equals(before.lead())) {
      return new Judgement.Taken();
    }
    if (!follows) {
      return refused(Code.ROSTER_UNKNOWN, "it appoints another lead, and one before is missing");
    }
    boolean nobodyElse =
        next.agencies().equals(before.agencies())
            && next.members().stream()
                .filter(member -> !member.agency().equals(before.lead()))
                .filter(member -> member.role() != RosterRole.LEAD)
                .allMatch(before.members()::contains);
    return nobodyElse
        ? new Judgement.Taken()
        : refused(Code.OPERATION_ROLE, "a roster that appoints another lead changes nobody else");
  }

  private static Judgement refused(Code code, String reason) {
    return new Judgement.Refused(code, reason);
  }
}
