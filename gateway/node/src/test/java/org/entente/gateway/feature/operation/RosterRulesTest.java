package org.entente.gateway.feature.operation;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.testkit.RosterKit;
import org.junit.jupiter.api.Test;

/** Whether a roster may follow those that are held. */
class RosterRulesTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final RosterKit first =
      RosterKit.first(
          Ed25519SigningKey.generate(new SecureRandom()),
          NOW,
          "fr.customs",
          participant("de.customs"));
  private final RosterKit second =
      first.next(lead("fr.customs"), participant("de.customs"), observer("us.cbp"));

  private static HeldRosters held(boolean forked, RosterKit... kits) {
    List<RosterStatement> all = List.of(kits).stream().map(RosterKit::signed).toList();
    return new HeldRosters(
        all.get(all.size() - 1),
        number -> all.stream().filter(it -> it.number() == number).findFirst().orElse(null),
        forked);
  }

  private static void taken(RosterRules.Judgement judgement) {
    assertInstanceOf(RosterRules.Judgement.Taken.class, judgement, judgement.toString());
  }

  private static void forked(RosterRules.Judgement judgement) {
    assertInstanceOf(RosterRules.Judgement.Forked.class, judgement, judgement.toString());
  }

  private static void refused(Code code, RosterRules.Judgement judgement) {
    assertEquals(
        code,
        assertInstanceOf(RosterRules.Judgement.Refused.class, judgement).code(),
        judgement.toString());
  }

  private static RosterRules.Judgement next(RosterKit offered, RosterKit... held) {
    return RosterRules.next(offered.signed(), held(false, held), DE);
  }

  @Test
  void firstRoster_ofWhoeverIsNamed_isTaken_alsoByWhoJoinsLater() {
    taken(first(first));
    taken(first(second));
    refused(
        Code.OPERATION_ROLE,
        RosterRules.first(first.signed(), new AgencyName("sg.police"), NOW.toEpochMilli()));
  }

  private static RosterRules.Judgement first(RosterKit offered) {
    return RosterRules.first(offered.signed(), DE, NOW.toEpochMilli());
  }

  @Test
  void firstRoster_thatIsClosedOrOver_isOfUseToItsSignerAlone() {
    refused(Code.OPERATION_CLOSED, first(first.closed()));
    long end = first.terms().endsAtMs();
    refused(Code.OPERATION_CLOSED, RosterRules.first(first.signed(), DE, end));
    taken(RosterRules.first(first.signed(), DE, end - 1));
    taken(RosterRules.first(first.closed().signed(), first.signer(), end));
  }

  @Test
  void firstRoster_thatHandsTheLeadOver_isNotBelieved() {
    RosterKit handed =
        second.next(participant("fr.customs"), lead("de.customs"), observer("us.cbp"));
    refused(Code.ROSTER_UNKNOWN, first(handed));
  }

  @Test
  void nextRoster_numberedAndBound_isTaken_andTheSameAgainIsKnown() {
    taken(next(second, first));
    assertInstanceOf(RosterRules.Judgement.Known.class, next(second, first, second));
    assertInstanceOf(RosterRules.Judgement.Known.class, next(first, first, second));
  }

  @Test
  void forgedRoster_byAMemberThatDoesNotLead_isRefused() {
    refused(Code.OPERATION_ROLE, next(second.by("us.cbp"), first));
    refused(Code.OPERATION_ROLE, next(second.by("us.cbp"), first, second));
  }

  @Test
  void twoRostersOfOneNumber_byTheirLead_areAFork() {
    RosterKit other = first.next(lead("fr.customs"), participant("de.customs"));
    forked(next(other, first, second));
  }

  @Test
  void rosterThatFollowsAnotherThanIsHeld_isAFork() {
    forked(next(second.numbered(2, otherHash()), first));
    RosterKit third = second.next(lead("fr.customs"), participant("de.customs"));
    forked(next(third.numbered(3, otherHash()), first, second));
  }

  private static byte[] otherHash() {
    byte[] hash = new byte[32];
    hash[0] = 1;
    return hash;
  }

  @Test
  void olderRosterThatWasNeverHeld_isStale() {
    RosterKit third = second.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.ROSTER_STALE, next(second, first, third));
  }

  @Test
  void rosterAfterAMissedOne_isTakenFromTheSameLeadOnly() {
    RosterKit third = second.next(lead("fr.customs"), participant("de.customs"));
    taken(next(third, first));
    RosterKit handed =
        second.next(participant("fr.customs"), participant("de.customs"), lead("us.cbp"));
    refused(Code.ROSTER_UNKNOWN, next(handed, first));
    refused(
        Code.OPERATION_ROLE, next(handed.next(participant("de.customs"), lead("us.cbp")), first));
  }

  @Test
  void lead_isHandedOverByTheFormerOne_whoChangesNobodyElse() {
    RosterKit handed =
        second.next(participant("fr.customs"), lead("de.customs"), observer("us.cbp"));
    taken(next(handed, first, second));
    refused(Code.OPERATION_ROLE, next(handed.by("de.customs"), first, second));
    List<RosterKit> more =
        List.of(
            second.next(participant("fr.customs"), lead("de.customs")),
            second.next(lead("de.customs"), observer("us.cbp")),
            second.next(participant("fr.customs"), lead("de.customs"), participant("us.cbp")),
            second.next(
                participant("fr.customs"),
                lead("de.customs"),
                observer("us.cbp"),
                observer("sg.police")));
    for (RosterKit one : more) {
      refused(Code.OPERATION_ROLE, next(one, first, second));
    }
    // And then the new one signs.
    taken(next(handed.next(participant("fr.customs"), lead("de.customs")), first, second, handed));
  }

  @Test
  void removal_isTakenByWhoIsRemoved_andNothingAfterIt() {
    RosterKit without = second.next(lead("fr.customs"), observer("us.cbp"));
    taken(next(without, first, second));
    RosterKit after =
        without.next(lead("fr.customs"), observer("us.cbp"), participant("sg.police"));
    refused(Code.OPERATION_ROLE, next(after, first, second, without));
    taken(next(after.next(lead("fr.customs"), participant("de.customs")), first, second, without));
  }

  @Test
  void closedOperation_takesNoMore_andAForkedOneNeither() {
    RosterKit closed = second.next(lead("fr.customs"), participant("de.customs")).closed();
    taken(next(closed, first, second));
    RosterKit after = closed.next(lead("fr.customs"), participant("de.customs"));
    refused(Code.OPERATION_CLOSED, next(after, first, second, closed));
    refused(
        Code.ROSTER_FORKED, RosterRules.next(second.signed(), held(/* forked= */ true, first), DE));
  }

  @Test
  void coverNameAndExercise_stayAsTheyWere() {
    RosterStatement.Terms terms = second.terms();
    refused(
        Code.INVALID_FIELD,
        next(
            second.on(
                new RosterStatement.Terms(
                    "OTHER", false, false, terms.startsAtMs(), terms.endsAtMs())),
            first));
    refused(
        Code.INVALID_FIELD,
        next(
            second.on(
                new RosterStatement.Terms(
                    terms.name(), true, false, terms.startsAtMs(), terms.endsAtMs())),
            first));
  }
}
