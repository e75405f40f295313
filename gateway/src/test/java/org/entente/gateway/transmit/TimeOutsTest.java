package org.entente.gateway.transmit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import org.entente.gateway.ledger.record.Stand;
import org.entente.gateway.ledger.table.AwaitedBook.Listing;
import org.entente.proto.store.v1.SentFacts;
import org.junit.jupiter.api.Test;

class TimeOutsTest {
  private static final String DE = "de.customs";
  private static final long OPEN_BY = 1_000_000;
  private static final long EXPIRES = 90_000_000;
  private static final long LOST = EXPIRES + TimeOuts.GRACE.toMillis();
  private static final long GONE = OPEN_BY + TimeOuts.LISTED.toMillis();
  private static final SentFacts FACTS =
      SentFacts.newBuilder().addRecipients(DE).setExpiresAtMs(EXPIRES).setOpenByMs(OPEN_BY).build();

  private static final TimeOuts.Step UNOPENED = new TimeOuts.Step(false, true, true, false);
  private static final TimeOuts.Step LIST = new TimeOuts.Step(false, false, true, false);
  private static final TimeOuts.Step UNLIST = new TimeOuts.Step(false, false, false, true);

  /** Letters: delivered, opened, refused, left unread, erased, withdrawn, overdue. */
  private static Stand stand(String letters) {
    return new Stand(
        letters.contains("d"),
        letters.contains("o"),
        letters.contains("r"),
        letters.contains("l"),
        letters.contains("e"),
        letters.contains("w"),
        letters.contains("v"));
  }

  private static TimeOuts.Look look(SentFacts facts, String letters, Listing listing, long now) {
    return TimeOuts.look(facts, name -> new TimeOuts.Recipient(stand(letters), listing), now);
  }

  private static void assertLook(
      Map<String, TimeOuts.Step> steps, long next, String letters, Listing listing, long now) {
    assertEquals(new TimeOuts.Look(steps, next), look(FACTS, letters, listing, now), letters);
  }

  @Test
  void firstLook_isWhenItMustBeOpened_orAfterItsExpiryWhereThatIsNotAsked() {
    assertEquals(OPEN_BY, TimeOuts.first(FACTS));
    assertEquals(LOST, TimeOuts.first(FACTS.toBuilder().setOpenByMs(0).build()));
  }

  @Test
  void beforeTheTime_nothingIsSaid() {
    assertLook(Map.of(), OPEN_BY, "", Listing.NEVER, OPEN_BY - 1);
    assertLook(Map.of(), OPEN_BY, "d", Listing.NEVER, OPEN_BY - 1);
  }

  @Test
  void openedOrTakenBack_nothingIsSaidAndNothingIsLookedAtAgain() {
    assertLook(Map.of(), 0, "do", Listing.NEVER, OPEN_BY);
    assertLook(Map.of(), 0, "o", Listing.NEVER, OPEN_BY);
    assertLook(Map.of(), 0, "e", Listing.NEVER, LOST);
  }

  /** Whoever is away and has not answered the recall cannot answer for not having opened it. */
  @Test
  void takenBackHere_nobodyNeedsToOpenItAnyMore_answeredOrNot() {
    SentFacts takenBack = FACTS.toBuilder().setRecallId(ByteString.copyFrom(new byte[16])).build();
    for (String letters : List.of("", "d", "w", "r")) {
      Map<String, TimeOuts.Step> steps = look(takenBack, letters, Listing.NEVER, OPEN_BY).steps();
      assertEquals(Map.of(), steps, letters);
    }
    assertEquals(Map.of(DE, UNLIST), look(takenBack, "dv", Listing.LISTED, OPEN_BY + 1).steps());
    assertEquals(
        Map.of(DE, new TimeOuts.Step(true, false, false, false)),
        look(takenBack, "", Listing.NEVER, LOST).steps(),
        "its delivery is awaited as ever");
  }

  @Test
  void notOpened_isStatedAndListedOnce_thenListedNoMoreAfterAWhile() {
    assertLook(Map.of(DE, UNOPENED), GONE, "d", Listing.NEVER, OPEN_BY);
    assertLook(Map.of(), GONE, "dv", Listing.LISTED, OPEN_BY + 1);
    assertLook(Map.of(DE, UNLIST), 0, "dv", Listing.LISTED, GONE);
    assertLook(Map.of(), 0, "dv", Listing.ENDED, GONE + 1);
  }

  @Test
  void notDelivered_isListedWhenItShouldHaveBeenOpened_andStatedAfterItsExpiry() {
    assertLook(Map.of(DE, UNOPENED), LOST, "", Listing.NEVER, OPEN_BY);
    assertLook(
        Map.of(DE, new TimeOuts.Step(true, false, false, false)), GONE, "v", Listing.LISTED, LOST);
    assertLook(Map.of(), GONE, "vw", Listing.LISTED, LOST + 1);
  }

  @Test
  void bothAtOnce_nonDeliverySaysIt() {
    assertLook(
        Map.of(DE, new TimeOuts.Step(true, false, true, false)), GONE, "", Listing.NEVER, LOST);
  }

  /** Whoever refused it has not opened it: there is evidence already, and somebody may call. */
  @Test
  void refusedOrWithdrawn_isListedWithoutFurtherEvidence() {
    assertLook(Map.of(DE, LIST), GONE, "r", Listing.NEVER, OPEN_BY);
    assertLook(Map.of(DE, LIST), GONE, "w", Listing.NEVER, OPEN_BY);
    assertLook(Map.of(DE, LIST), GONE, "dl", Listing.NEVER, OPEN_BY);
  }

  @Test
  void listed_whenItIsOpenedAfterAll_isListedNoMore() {
    assertLook(Map.of(DE, UNLIST), 0, "dov", Listing.LISTED, GONE - 1);
  }

  /** A node that was down for weeks makes no list of what has long been history. */
  @Test
  void lookedAtLongAfter_isStatedAndNotListed() {
    assertLook(
        Map.of(DE, new TimeOuts.Step(false, true, false, false)), 0, "d", Listing.NEVER, GONE);
  }

  @Test
  void withoutATimeToOpen_onlyItsDeliveryIsAwaited() {
    SentFacts recall = FACTS.toBuilder().setOpenByMs(0).setRecall(true).build();
    assertEquals(new TimeOuts.Look(Map.of(), LOST), look(recall, "", Listing.NEVER, LOST - 1));
    assertEquals(
        new TimeOuts.Look(Map.of(DE, new TimeOuts.Step(true, false, false, false)), 0),
        look(recall, "", Listing.NEVER, LOST));
    assertEquals(new TimeOuts.Look(Map.of(), 0), look(recall, "d", Listing.NEVER, LOST));
  }
}
