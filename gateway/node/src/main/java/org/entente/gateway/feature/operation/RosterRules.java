package org.entente.gateway.feature.operation;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.statement.RosterRole;
import org.entente.gateway.seal.statement.RosterStatement;

/**
 * Decides whether a roster may follow the stored ones. Pure: the signature has already been
 * verified.
 *
 * <p>The lead named in a roster signs the next one. A roster has the next number and the hash of
 * its predecessor. It may skip numbers only for a gateway that missed them or was not a member
 * then, and only if the lead has not changed since. A roster that changes the lead changes no other
 * member.
 */
public final class RosterRules {
  private RosterRules() {}

  /** The decision on a roster. */
  public sealed interface Judgement {
    /** It is now the newest. */
    record Taken() implements Judgement {}

    /** It is already stored. */
    record Known() implements Judgement {}

    /** It is not stored. */
    record Refused(Code code, String reason) implements Judgement {}

    /** Its rightful signer has also signed a contradicting roster: the operation ends here. */
    record Forked(String reason) implements Judgement {}
  }

  /**
   * Judges the first roster of an operation. One that is closed or over is of use only to the
   * agency that signed it and lost it.
   *
   * @param self the judging agency
   */
  public static Judgement first(RosterStatement offered, AgencyName self, long nowMillis) {
    RosterStatement.Content content = offered.content();
    if (content.role(self).isEmpty()) {
      return refused(Code.OPERATION_ROLE, "it does not name this agency");
    }
    boolean over = content.terms().closed() || content.terms().endsAtMs() <= nowMillis;
    if (over && !content.place().signer().equals(self)) {
      return refused(
          Code.OPERATION_CLOSED, "the operation is closed or has ended, and is not stored here");
    }
    return content.place().signer().equals(content.lead())
        ? new Judgement.Taken()
        : refused(
            Code.ROSTER_UNKNOWN,
            "it appoints another lead, but the previous roster is not stored here");
  }

  /** Judges a roster by the stored ones. */
  public static Judgement next(RosterStatement offered, HeldRosters held, AgencyName self) {
    Optional<RosterStatement> same = held.at(offered.number());
    if (same.isPresent()) {
      return again(offered, same.get());
    }
    RosterStatement newest = held.newest();
    if (offered.number() < newest.number()) {
      return refused(
          Code.ROSTER_STALE, "a later roster is stored here, and this one was never received");
    }
    if (!offered.content().place().signer().equals(newest.content().lead())) {
      return refused(Code.OPERATION_ROLE, "it is not signed by the lead of the operation");
    }
    if (held.forked()) {
      return refused(Code.ROSTER_FORKED, "its lead has signed contradicting rosters");
    }
    if (newest.content().terms().closed()) {
      return refused(Code.OPERATION_CLOSED, "the operation is closed");
    }
    boolean follows = offered.number() == newest.number() + 1;
    if (follows && !Arrays.equals(offered.content().place().previous(), newest.hash())) {
      return new Judgement.Forked(
          "the predecessor, roster " + newest.number() + ", differs from the one stored here");
    }
    return successor(offered, newest, follows, self);
  }

  private static Judgement again(RosterStatement offered, RosterStatement held) {
    if (offered.isSame(held)) {
      return new Judgement.Known();
    }
    boolean entitled = offered.content().place().signer().equals(held.content().place().signer());
    return entitled
        ? new Judgement.Forked("another roster " + held.number() + " is stored here")
        : refused(Code.OPERATION_ROLE, "it is not signed by the rightful signer of that roster");
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
      return refused(Code.INVALID_FIELD, "cover name and exercise flag must not change");
    }
    if (next.lead().equals(before.lead())) {
      return new Judgement.Taken();
    }
    if (!follows) {
      return refused(
          Code.ROSTER_UNKNOWN, "it appoints another lead, but an earlier roster is missing");
    }
    boolean nobodyElse =
        next.agencies().equals(before.agencies())
            && next.members().stream()
                .filter(member -> !member.agency().equals(before.lead()))
                .filter(member -> member.role() != RosterRole.LEAD)
                .allMatch(before.members()::contains);
    return nobodyElse
        ? new Judgement.Taken()
        : refused(
            Code.OPERATION_ROLE,
            "a roster that appoints another lead must not change other members");
  }

  private static Judgement refused(Code code, String reason) {
    return new Judgement.Refused(code, reason);
  }
}
