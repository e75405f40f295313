package org.entente.gateway.feature.operation;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.entente.gateway.testkit.Agencies.US;
import static org.entente.gateway.testkit.RosterKit.lead;
import static org.entente.gateway.testkit.RosterKit.observer;
import static org.entente.gateway.testkit.RosterKit.participant;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.statement.RosterStatement;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.RosterKit;
import org.junit.jupiter.api.Test;

/** Who may say something in an operation to whom, and what of it is taken. */
class ParticipationTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  private final RosterKit first =
      RosterKit.first(
          Ed25519SigningKey.generate(new SecureRandom()),
          NOW,
          "fr.customs",
          participant("de.customs"),
          observer("us.cbp"));

  /** An hour later, us.cbp out, sg.police in. */
  private final RosterKit second =
      first.next(lead("fr.customs"), participant("de.customs"), participant("sg.police"));

  private static HeldRosters held(boolean forked, RosterKit... kits) {
    List<RosterStatement> all = List.of(kits).stream().map(RosterKit::signed).toList();
    return new HeldRosters(
        all.get(all.size() - 1),
        number -> all.stream().filter(it -> it.number() == number).findFirst().orElse(null),
        forked);
  }

  private static List<AgencyName> to(Result<List<AgencyName>> addressed) {
    return Results.value(addressed);
  }

  private static void nobody(Code code, Result<List<AgencyName>> addressed) {
    assertEquals(code, Results.problem(addressed).code(), addressed.toString());
  }

  private static Participation.Claim by(RosterKit roster, Instant created) {
    RosterStatement signed = roster.signed();
    return new Participation.Claim(signed.number(), signed.hash(), false, created);
  }

  private static Optional<Code> refusal(
      HeldRosters held, AgencyName origin, AgencyName self, Participation.Claim claim) {
    return Participation.refusal(held, origin, self, claim).map(Problem::code);
  }

  @Test
  void draft_goesToAllOthers_orToThoseNamedOfThem() {
    HeldRosters held = held(false, first);
    assertEquals(List.of(DE, US), to(Participation.addressed(held, FR, List.of(), false, NOW)));
    assertEquals(List.of(US), to(Participation.addressed(held, FR, List.of(US), false, NOW)));
    nobody(Code.OPERATION_ROLE, Participation.addressed(held, FR, List.of(SG), false, NOW));
    nobody(Code.NO_RECIPIENT, Participation.addressed(held, FR, List.of(FR), false, NOW));
  }

  @Test
  void draft_afterAMemberLeft_doesNotGoToIt() {
    HeldRosters held = held(false, first, second);
    assertEquals(List.of(DE, SG), to(Participation.addressed(held, FR, List.of(), false, NOW)));
    nobody(Code.OPERATION_ROLE, Participation.addressed(held, FR, List.of(US), false, NOW));
  }

  @Test
  void draft_ofAnObserverOrOfWhoLeft_goesNowhere() {
    nobody(
        Code.OPERATION_ROLE,
        Participation.addressed(held(false, first), US, List.of(), false, NOW));
    nobody(
        Code.OPERATION_ROLE,
        Participation.addressed(held(false, first, second), US, List.of(), false, NOW));
  }

  @Test
  void draft_inAnOperationThatIsClosedOverOrForked_goesNowhere() {
    HeldRosters open = held(false, first);
    Instant end = Instant.ofEpochMilli(first.terms().endsAtMs());
    nobody(Code.OPERATION_CLOSED, Participation.addressed(open, FR, List.of(), false, end));
    nobody(
        Code.OPERATION_CLOSED,
        Participation.addressed(held(false, first.closed()), FR, List.of(), false, NOW));
    nobody(
        Code.ROSTER_FORKED, Participation.addressed(held(true, first), FR, List.of(), false, NOW));
    nobody(Code.INVALID_FIELD, Participation.addressed(open, FR, List.of(), true, NOW));
  }

  @Test
  void message_byTheRosterInForce_isTaken_andByAnotherOfThatNumberNot() {
    HeldRosters held = held(false, first, second);
    assertEquals(Optional.empty(), refusal(held, FR, DE, by(second, NOW)));
    Participation.Claim other = by(first.next(lead("fr.customs"), participant("de.customs")), NOW);
    assertEquals(Optional.of(Code.ROSTER_FORKED), refusal(held, FR, DE, other));
  }

  @Test
  void message_ofAnObserverOrOfWhoLeft_isRefused_whateverRosterItNames() {
    assertEquals(
        Optional.of(Code.OPERATION_ROLE), refusal(held(false, first), US, DE, by(first, NOW)));
    HeldRosters later = held(false, first, second);
    for (RosterKit named : List.of(first, second)) {
      assertEquals(Optional.of(Code.OPERATION_ROLE), refusal(later, US, DE, by(named, NOW)));
    }
  }

  @Test
  void message_byTheRosterBefore_isTakenWhileTheNextCouldNotBeKnown() {
    HeldRosters held = held(false, first, second);
    Instant replaced = second.issued();
    assertEquals(Optional.empty(), refusal(held, FR, DE, by(first, NOW)));
    assertEquals(
        Optional.empty(), refusal(held, FR, DE, by(first, replaced.plus(Participation.GRACE))));
    assertEquals(
        Optional.of(Code.ROSTER_STALE),
        refusal(held, FR, DE, by(first, replaced.plus(Participation.GRACE).plusMillis(1))));
    RosterKit forged = first.on(second.closed().terms());
    assertEquals(Optional.of(Code.ROSTER_FORKED), refusal(held, FR, DE, by(forged, NOW)));
  }

  @Test
  void message_fromBeforeItsRecipientJoined_isStale() {
    assertEquals(
        Optional.of(Code.ROSTER_STALE), refusal(held(false, second), FR, SG, by(first, NOW)));
    assertEquals(
        Optional.of(Code.ROSTER_STALE),
        refusal(held(false, first, second), FR, SG, by(first, NOW)),
        "also where it holds that roster, in which it does not stand");
  }

  @Test
  void message_ofWhoJoinedLater_byARosterInWhichItDoesNotStand_isRefused() {
    HeldRosters held = held(false, first, second);
    assertEquals(Optional.of(Code.OPERATION_ROLE), refusal(held, SG, DE, by(first, NOW)));
  }

  @Test
  void message_toWhoLeft_isRefused() {
    assertEquals(
        Optional.of(Code.OPERATION_ROLE),
        refusal(held(false, first, second), FR, US, by(first, NOW)));
  }

  @Test
  void message_byARosterThatIsStillToCome_isTakenFromWhoMaySpeakNow() {
    HeldRosters held = held(false, first);
    assertEquals(Optional.empty(), refusal(held, FR, DE, by(second, NOW)));
    assertEquals(Optional.of(Code.OPERATION_ROLE), refusal(held, SG, DE, by(second, NOW)));
    assertEquals(
        Optional.of(Code.OPERATION_CLOSED),
        refusal(held(false, first.closed()), FR, DE, by(second, NOW)),
        "there is none after the last");
  }

  @Test
  void message_afterTheEnd_isRefused_andOneFromBeforeTheClosingIsTaken() {
    Instant end = Instant.ofEpochMilli(first.terms().endsAtMs());
    HeldRosters open = held(false, first);
    assertEquals(Optional.empty(), refusal(open, FR, DE, by(first, end)));
    assertEquals(
        Optional.of(Code.OPERATION_CLOSED),
        refusal(open, FR, DE, by(first, end.plus(Duration.ofHours(1)))));
    RosterKit closing = second.next(lead("fr.customs"), participant("de.customs")).closed();
    HeldRosters closed = held(false, first, second, closing);
    assertEquals(Optional.empty(), refusal(closed, FR, DE, by(second, NOW)));
    assertEquals(Optional.of(Code.OPERATION_CLOSED), refusal(closed, FR, DE, by(closing, NOW)));
  }

  @Test
  void message_ofAnExercise_isNotTakenInAnActualOperation_norAnyInAForkedOne() {
    Participation.Claim training = new Participation.Claim(1, first.signed().hash(), true, NOW);
    assertEquals(Optional.of(Code.HEADER_MISMATCH), refusal(held(false, first), FR, DE, training));
    assertEquals(
        Optional.of(Code.ROSTER_FORKED), refusal(held(true, first), FR, DE, by(first, NOW)));
  }
}
