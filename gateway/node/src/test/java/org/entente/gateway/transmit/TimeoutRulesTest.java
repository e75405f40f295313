package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.record.DeliveryStatus;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable.ListingState;
import org.entente.proto.store.v1.SentFacts;
import org.junit.jupiter.api.Test;

class TimeoutRulesTest {
  private static final String DE = "de.customs";
  private static final long OPEN_BY = 1_000_000;
  private static final long EXPIRES = 90_000_000;
  private static final long LOST = EXPIRES + TimeoutRules.GRACE.toMillis();
  private static final long GONE = OPEN_BY + TimeoutRules.LISTED.toMillis();
  private static final SentFacts FACTS =
      SentFacts.newBuilder().addRecipients(DE).setExpiresAtMs(EXPIRES).setOpenByMs(OPEN_BY).build();

  private static final TimeoutRules.Step UNOPENED =
      new TimeoutRules.Step(false, true, true, false, false);
  private static final TimeoutRules.Step LIST =
      new TimeoutRules.Step(false, false, true, false, false);
  private static final TimeoutRules.Step UNLIST =
      new TimeoutRules.Step(false, false, false, true, false);

  /** Letters: delivered, opened, refused, left unread, erased, withdrawn, overdue. */
  private static DeliveryStatus stand(String letters) {
    return new DeliveryStatus(
        letters.contains("d"),
        letters.contains("o"),
        letters.contains("r"),
        letters.contains("l"),
        letters.contains("e"),
        letters.contains("w"),
        letters.contains("v"));
  }

  private static TimeoutRules.Assessment look(
      SentFacts facts, String letters, ListingState listing, long now) {
    return TimeoutRules.look(
        facts, name -> new TimeoutRules.Recipient(stand(letters), listing, 0), now);
  }

  private static void assertLook(
      Map<String, TimeoutRules.Step> steps,
      long next,
      String letters,
      ListingState listing,
      long now) {
    assertEquals(
        new TimeoutRules.Assessment(steps, next), look(FACTS, letters, listing, now), letters);
  }

  @Test
  void firstLook_isWhenItMustBeOpened_orAfterItsExpiryWhereThatIsNotAsked() {
    assertEquals(OPEN_BY, TimeoutRules.first(FACTS));
    assertEquals(LOST, TimeoutRules.first(FACTS.toBuilder().setOpenByMs(0).build()));
  }

  @Test
  void beforeTheTime_nothingIsSaid() {
    assertLook(Map.of(), OPEN_BY, "", ListingState.NEVER, OPEN_BY - 1);
    assertLook(Map.of(), OPEN_BY, "d", ListingState.NEVER, OPEN_BY - 1);
  }

  @Test
  void openedOrTakenBack_nothingIsSaidAndNothingIsLookedAtAgain() {
    assertLook(Map.of(), 0, "do", ListingState.NEVER, OPEN_BY);
    assertLook(Map.of(), 0, "o", ListingState.NEVER, OPEN_BY);
    assertLook(Map.of(), 0, "e", ListingState.NEVER, LOST);
  }

  /** Whoever is away and has not answered the recall cannot answer for not having opened it. */
  @Test
  void takenBackHere_nobodyNeedsToOpenItAnyMore_answeredOrNot() {
    SentFacts takenBack = FACTS.toBuilder().setRecallId(ByteString.copyFrom(new byte[16])).build();
    for (String letters : List.of("", "d", "w", "r")) {
      Map<String, TimeoutRules.Step> steps =
          look(takenBack, letters, ListingState.NEVER, OPEN_BY).steps();
      assertEquals(Map.of(), steps, letters);
    }
    assertEquals(
        Map.of(DE, UNLIST), look(takenBack, "dv", ListingState.LISTED, OPEN_BY + 1).steps());
    assertEquals(
        Map.of(DE, new TimeoutRules.Step(true, false, false, false, false)),
        look(takenBack, "", ListingState.NEVER, LOST).steps(),
        "its delivery is awaited as ever");
  }

  @Test
  void notOpened_isStatedAndListedOnce_thenListedNoMoreAfterAWhile() {
    assertLook(Map.of(DE, UNOPENED), GONE, "d", ListingState.NEVER, OPEN_BY);
    assertLook(Map.of(), GONE, "dv", ListingState.LISTED, OPEN_BY + 1);
    assertLook(Map.of(DE, UNLIST), 0, "dv", ListingState.LISTED, GONE);
    assertLook(Map.of(), 0, "dv", ListingState.ENDED, GONE + 1);
  }

  @Test
  void notDelivered_isListedWhenItShouldHaveBeenOpened_andStatedAfterItsExpiry() {
    assertLook(Map.of(DE, UNOPENED), LOST, "", ListingState.NEVER, OPEN_BY);
    assertLook(
        Map.of(DE, new TimeoutRules.Step(true, false, false, false, false)),
        GONE,
        "v",
        ListingState.LISTED,
        LOST);
    assertLook(Map.of(), GONE, "vw", ListingState.LISTED, LOST + 1);
  }

  @Test
  void bothAtOnce_nonDeliverySaysIt() {
    assertLook(
        Map.of(DE, new TimeoutRules.Step(true, false, true, false, false)),
        GONE,
        "",
        ListingState.NEVER,
        LOST);
  }

  /** Whoever refused it has not opened it: there is evidence already, and somebody may call. */
  @Test
  void refusedOrWithdrawn_isListedWithoutFurtherEvidence() {
    assertLook(Map.of(DE, LIST), GONE, "r", ListingState.NEVER, OPEN_BY);
    assertLook(Map.of(DE, LIST), GONE, "w", ListingState.NEVER, OPEN_BY);
    assertLook(Map.of(DE, LIST), GONE, "dl", ListingState.NEVER, OPEN_BY);
  }

  @Test
  void listed_whenItIsOpenedAfterAll_isListedNoMore() {
    assertLook(Map.of(DE, UNLIST), 0, "dov", ListingState.LISTED, GONE - 1);
  }

  /** The evidence may have come to a ledger that was lost, and this one is older. */
  @Test
  void evidenceThatMayBeLost_isAskedForFirst_andNothingIsStatedBeforeItsAbsenceCounts() {
    long counts = LOST + 1_000;
    assertEquals(
        new TimeoutRules.Assessment(
            Map.of(DE, new TimeoutRules.Step(false, false, true, false, true)), counts),
        ask("d", ListingState.NEVER, OPEN_BY, counts),
        "listed at once, as a person has to call");
    assertEquals(
        new TimeoutRules.Assessment(
            Map.of(DE, new TimeoutRules.Step(false, false, false, false, true)), counts),
        ask("", ListingState.LISTED, LOST, counts));
    assertEquals(
        new TimeoutRules.Assessment(
            Map.of(DE, new TimeoutRules.Step(true, false, false, false, false)), GONE),
        ask("", ListingState.LISTED, counts, counts));
    assertEquals(
        new TimeoutRules.Assessment(
            Map.of(DE, new TimeoutRules.Step(false, true, false, false, false)), GONE),
        ask("d", ListingState.LISTED, counts, counts));
  }

  @Test
  void evidenceThatMayBeLost_isNotAskedForWhereNothingWouldBeStated() {
    for (String letters : List.of("do", "r", "w", "dv", "e")) {
      assertEquals(
          List.of(),
          ask(letters, ListingState.ENDED, OPEN_BY, LOST).steps().values().stream()
              .filter(TimeoutRules.Step::ask)
              .toList(),
          letters);
    }
  }

  private static TimeoutRules.Assessment ask(
      String letters, ListingState listing, long now, long countsFrom) {
    return TimeoutRules.look(
        FACTS, name -> new TimeoutRules.Recipient(stand(letters), listing, countsFrom), now);
  }

  /** A node that was down for weeks makes no list of what has long been history. */
  @Test
  void lookedAtLongAfter_isStatedAndNotListed() {
    assertLook(
        Map.of(DE, new TimeoutRules.Step(false, true, false, false, false)),
        0,
        "d",
        ListingState.NEVER,
        GONE);
  }

  @Test
  void withoutATimeToOpen_onlyItsDeliveryIsAwaited() {
    SentFacts recall = FACTS.toBuilder().setOpenByMs(0).setRecall(true).build();
    assertEquals(
        new TimeoutRules.Assessment(Map.of(), LOST),
        look(recall, "", ListingState.NEVER, LOST - 1));
    assertEquals(
        new TimeoutRules.Assessment(
            Map.of(DE, new TimeoutRules.Step(true, false, false, false, false)), 0),
        look(recall, "", ListingState.NEVER, LOST));
    assertEquals(
        new TimeoutRules.Assessment(Map.of(), 0), look(recall, "d", ListingState.NEVER, LOST));
  }
}
