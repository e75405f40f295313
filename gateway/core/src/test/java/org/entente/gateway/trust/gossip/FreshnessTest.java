package org.entente.gateway.trust.gossip;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.TestFederation.START;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.testkit.Results;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustWatch;
import org.junit.jupiter.api.Test;

/** Threat 51: whoever is kept from newer bundles notices before the one in force expires. */
final class FreshnessTest {
  private final TestFederation federation = new TestFederation(START);
  private final TrustBundle one = federation.bundle(federation.content(1));
  private final TrustBundle two = federation.bundle(federation.content(2));
  private final FreshnessBoard board = new FreshnessBoard(0);

  private byte[] stated(TrustBundle bundle, AgencyName by, Instant when) {
    return Freshness.state(bundle, by, federation.signing(by.value()), when);
  }

  @Test
  void witness_namingTheBundleInForce_keepsItFresh_untilItIsSilentTooLong() {
    assertEquals(FreshnessBoard.State.STALE, board.state(one, FR, START));
    assertTrue(Results.value(board.offer(stated(one, DE, START), one, START)).isPresent());
    assertEquals(FreshnessBoard.State.FRESH, board.state(one, FR, START));
    assertEquals(START, board.confirmed(one, FR).orElseThrow());
    Instant late = START.plus(FreshnessBoard.STALE);
    assertEquals(FreshnessBoard.State.FRESH, board.state(one, FR, late.minusSeconds(1)));
    assertEquals(FreshnessBoard.State.STALE, board.state(one, FR, late));
  }

  /** Threat 84: a hostile or frozen witness goes on confirming what this node is frozen at. */
  @Test
  void oneWitnessOfThree_hidesNoFreeze_andAloneRaisesTheAlarm() {
    AgencyName nl = new AgencyName("nl.customs");
    AgencyName pl = new AgencyName("pl.customs");
    List<Member> members = new ArrayList<>(federation.content(1).agencies());
    for (AgencyName witness : List.of(nl, pl)) {
      String jurisdiction = witness.value().substring(0, 2).toUpperCase(Locale.ROOT);
      members.add(
          federation.mint(
              witness,
              jurisdiction,
              AgencyKind.CUSTOMS,
              Set.of(AgencyRole.MEMBER, AgencyRole.WITNESS)));
    }
    members.sort(Comparator.comparing(Member::name));
    TrustBundle old = federation.bundle(federation.content(1, members));
    TrustBundle next = federation.bundle(federation.content(2, members));
    assertEquals(2, board.required(old, FR));
    assertEquals(2, board.required(old, DE), "of the two others");
    assertEquals(1, new FreshnessBoard(1).required(old, FR));
    assertEquals(3, new FreshnessBoard(9).required(old, FR));

    board.offer(stated(old, DE, START), old, START);
    assertEquals(FreshnessBoard.State.STALE, board.state(old, FR, START));
    assertEquals(Optional.empty(), board.confirmed(old, FR));
    board.offer(stated(old, nl, START.plusSeconds(5)), old, START.plusSeconds(5));
    assertEquals(FreshnessBoard.State.FRESH, board.state(old, FR, START.plusSeconds(5)));
    assertEquals(Optional.of(START), board.confirmed(old, FR), "the earlier of the two");

    Instant later = START.plus(FreshnessBoard.STALE);
    board.offer(stated(old, DE, later), old, later);
    assertEquals(
        FreshnessBoard.State.STALE,
        board.state(old, FR, later.plusSeconds(5)),
        "one witness alone goes on");
    board.offer(stated(next, pl, later), old, later);
    assertEquals(FreshnessBoard.State.BEHIND, board.state(old, FR, later.plusSeconds(5)));
  }

  @Test
  void witness_knowingANewerBundle_showsTheFreeze() {
    board.offer(stated(two, DE, START), one, START);
    assertEquals(FreshnessBoard.State.BEHIND, board.state(one, FR, START));
    assertEquals(FreshnessBoard.State.FRESH, board.state(two, FR, START));
  }

  @Test
  void witness_knowingAnotherBundleOfTheVersion_isAContradiction() {
    List<Member> without =
        federation.content(1).agencies().stream().filter(m -> !m.name().equals(FR)).toList();
    TrustBundle other = federation.bundle(federation.content(1, without));
    board.offer(stated(other, DE, START), one, START);
    assertEquals(FreshnessBoard.State.CONTRADICTED, board.state(one, FR, START));
  }

  @Test
  void ownWord_doesNotCount_andWithoutOtherWitnessesNothingIsClaimed() {
    board.offer(stated(one, DE, START), one, START);
    assertEquals(FreshnessBoard.State.UNWITNESSED, board.state(one, DE, START));
  }

  @Test
  void statement_replayedOrOlder_changesNothing() {
    Instant later = START.plusSeconds(60);
    board.offer(stated(one, DE, later), one, later);
    assertEquals(Optional.empty(), Results.value(board.offer(stated(one, DE, START), one, later)));
    assertEquals(later, board.confirmed(one, FR).orElseThrow());
  }

  /** All others refuse what it stated in the leap, and miss its next statement until then. */
  @Test
  void witness_whoseClockLeaptAheadAndReturned_statesAgainAtOnce() {
    Instant leapt = START.plus(Duration.ofDays(5));
    assertTrue(Results.value(board.offer(stated(one, DE, leapt), one, leapt)).isPresent());
    assertFalse(board.isDue(DE, one, leapt));
    assertTrue(board.isDue(DE, one, START));
    assertTrue(Results.value(board.offer(stated(one, DE, START), one, START)).isPresent());
    assertEquals(Optional.of(START), board.confirmed(one, FR));
    assertFalse(board.isDue(DE, one, START.plusSeconds(1)));
  }

  @Test
  void statement_ofNoWitness_otherKeyOrTheFuture_isRefused() {
    byte[] notWitness = stated(one, FR, START);
    byte[] otherKey = Freshness.state(one, DE, federation.signing("fr.customs"), START);
    byte[] future = stated(one, DE, START.plus(Duration.ofHours(1)));
    byte[] half =
        SignedNote.of(
                SignedNote.parse(stated(one, DE, START)).asNote().orElseThrow().text(),
                SignedNote.parse(stated(one, DE, START))
                    .asNote()
                    .orElseThrow()
                    .signatures()
                    .subList(0, 1))
            .encode();
    for (byte[] bad : List.of(notWitness, otherKey, future, half, new byte[9000])) {
      assertTrue(board.offer(bad, one, START).refusal().isPresent());
    }
    byte[] good = stated(one, DE, START);
    for (int i = 0; i < good.length; i += 7) {
      byte[] flipped = good.clone();
      flipped[i] ^= 1;
      assertTrue(board.offer(flipped, one, START).refusal().isPresent(), "byte " + i);
    }
    assertEquals(FreshnessBoard.State.STALE, board.state(one, FR, START));
  }

  @Test
  void witness_statesAgainTwiceADayAndWithEachBundle() {
    assertTrue(board.isDue(DE, one, START));
    board.offer(stated(one, DE, START), one, START);
    assertFalse(board.isDue(DE, one, START.plusSeconds(60)));
    assertTrue(board.isDue(DE, two, START.plusSeconds(60)));
    assertTrue(board.isDue(DE, one, START.plus(FreshnessBoard.EVERY)));
    assertEquals(1, board.notes(one).size());
  }

  @Test
  void witness_statingWithoutEnd_isTakenOnceAMinute() {
    int taken = 0;
    for (int second = 0; second < 180; second++) {
      TrustBundle bundle = second % 2 == 0 ? one : two;
      byte[] note = stated(bundle, DE, START.plusSeconds(second));
      if (Results.value(board.offer(note, one, START.plusSeconds(second))).isPresent()) {
        taken++;
      }
    }
    assertEquals(3, taken);
  }

  /** A witness that was silent for long has many minutes left by its own times. */
  @Test
  void witness_backDatingItsStatements_isTakenNoMoreOften() {
    Instant yearAgo = START.minus(Duration.ofDays(365));
    assertEquals(0, taken(yearAgo), "what is stale says nothing");
    assertEquals(FreshnessBoard.BURST, taken(START.minus(Duration.ofHours(30))));
    assertEquals(FreshnessBoard.State.FRESH, board.state(one, FR, START));
  }

  /** A transit keeps what a witness stated, and repeats it to a gateway that has restarted. */
  @Test
  void witness_whoseOldStatementsAreRepeatedAfterARestart_countsWithItsNewestInTheEnd() {
    assertEquals(FreshnessBoard.BURST, taken(START.minus(Duration.ofHours(30))));
    byte[] newest = stated(two, DE, START);
    assertEquals(Optional.empty(), Results.value(board.offer(newest, one, START)));
    assertEquals(
        Optional.empty(),
        Results.value(board.offer(stated(one, DE, START.minusSeconds(120)), one, START)));
    assertEquals(List.of(), board.due(START.plusSeconds(1)));
    Instant later = START.plus(FreshnessBoard.APART.multipliedBy(FreshnessBoard.BURST));
    List<byte[]> due = board.due(later);
    assertEquals(1, due.size());
    assertArrayEquals(newest, due.get(0));
    assertEquals(List.of(), board.due(later));
    assertTrue(Results.value(board.offer(newest, one, later)).isPresent());
    assertEquals(FreshnessBoard.State.BEHIND, board.state(one, FR, later));
  }

  private int taken(Instant first) {
    int taken = 0;
    for (int minute = 0; minute < 100; minute++) {
      byte[] note = stated(one, DE, first.plus(Duration.ofMinutes(minute)));
      taken += Results.value(board.offer(note, one, START)).isPresent() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void watch_tellsWhatLasts_onceAnHour_andWhenItIsOver() {
    FreshnessWatch watch = new FreshnessWatch();
    assertEquals(Optional.empty(), watch.look(board, one, FR, START));
    board.offer(stated(two, DE, START), one, START);
    assertEquals(Optional.empty(), watch.look(board, one, FR, START.plusSeconds(1)));
    Instant lasted = START.plusSeconds(1).plus(FreshnessWatch.LASTING);
    TrustWatch.TrustNotice word = watch.look(board, one, FR, lasted).orElseThrow();
    assertTrue(word.alarm());
    assertTrue(word.text().contains("de.customs states version 2"), word.text());
    assertEquals(word, watch.state().orElseThrow());
    assertEquals(Optional.empty(), watch.look(board, one, FR, lasted.plusSeconds(60)));
    assertTrue(watch.look(board, one, FR, lasted.plusSeconds(3600)).isPresent());
    TrustWatch.TrustNotice over =
        watch.look(board, two, FR, lasted.plusSeconds(3601)).orElseThrow();
    assertFalse(over.alarm());
    assertEquals(Optional.empty(), watch.state());
  }

  /** Each minute another statement: a newer version, another bundle, or the right one. */
  @Test
  void watch_ofAWitnessThatStatesThisAndThat_alarmsOnceAnHourAboutEach() {
    List<Member> without =
        federation.content(1).agencies().stream().filter(m -> !m.name().equals(FR)).toList();
    TrustBundle other = federation.bundle(federation.content(1, without));
    List<TrustBundle> inTurn = List.of(two, other, two, other, one);
    FreshnessWatch watch = new FreshnessWatch();
    List<TrustWatch.TrustNotice> words = new ArrayList<>();
    for (int minute = 0; minute < 60; minute++) {
      Instant now = START.plusSeconds(minute * 60L);
      board.offer(stated(inTurn.get(minute % inTurn.size()), DE, now), one, now);
      watch.look(board, one, FR, now).ifPresent(words::add);
      watch.look(board, one, FR, now.plusSeconds(59)).ifPresent(words::add);
    }
    List<String> alarms =
        words.stream()
            .filter(TrustWatch.TrustNotice::alarm)
            .map(TrustWatch.TrustNotice::text)
            .toList();
    assertEquals(2, alarms.size(), alarms::toString);
    assertTrue(alarms.get(0).contains("states version 2"), alarms.get(0));
    assertTrue(alarms.get(1).contains("another bundle of version 1"), alarms.get(1));
    assertEquals(1, words.size() - alarms.size(), "it ended once since an alarm");
  }

  @Test
  void watch_namesWhoStatesAnotherBundleOfTheVersion_andWhenNobodyStates() {
    List<Member> without =
        federation.content(1).agencies().stream().filter(m -> !m.name().equals(FR)).toList();
    TrustBundle other = federation.bundle(federation.content(1, without));
    board.offer(stated(other, DE, START), one, START);
    FreshnessWatch watch = new FreshnessWatch();
    watch.look(board, one, FR, START);
    String text =
        watch.look(board, one, FR, START.plus(FreshnessWatch.LASTING)).orElseThrow().text();
    assertTrue(text.contains("de.customs") && text.contains(other.hash()), text);

    Instant soon = START.plus(FreshnessWatch.LASTING).plusSeconds(60);
    TrustBundle third =
        federation.bundle(
            federation.content(
                1,
                without.stream().filter(m -> m.name().equals(DE) || m.roles().isEmpty()).toList()));
    board.offer(stated(third, DE, soon), one, soon);
    assertEquals(Optional.empty(), watch.look(board, one, FR, soon), "the same problem");
    assertTrue(watch.state().orElseThrow().text().contains(third.hash()));

    FreshnessBoard silent = new FreshnessBoard(0);
    FreshnessWatch second = new FreshnessWatch();
    second.look(silent, one, FR, START);
    String stale =
        second.look(silent, one, FR, START.plus(FreshnessWatch.LASTING)).orElseThrow().text();
    assertTrue(stale.contains("36 hours"), stale);
  }
}
