package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Attacks and faults in which clocks are wrong, on real gateways. */
class ClockThreatsTest {
  private static final Duration TEN_YEARS = Duration.ofDays(3_652);
  private static final Duration DEADLINE = Duration.ofDays(20);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private MessageId assertNextArrives(String recipient, String headline) {
    MessageId sent = federation.send(FR, headline, DEADLINE, recipient);
    assertEquals(List.of(headline), RunningFederation.headlines(federation.receive(recipient, 1)));
    return sent;
  }

  /** By the bundle's end, and by the running time, whichever is nearer. */
  private void leapAndBack(Duration far) {
    federation.clock.leap(far);
    federation.doChores();
    federation.doChores();
    assertEquals(1, federation.metric(FR, "entente_clock_doubted"));
    assertTrue(federation.scrape(FR, "readyz").contains("clock: "));
    federation.clock.move(Duration.ofMinutes(30));
    federation.doChores();
    federation.clock.leap(far.negated());
    federation.doChores();
    assertEquals(0, federation.metric(FR, "entente_clock_doubted"));
  }

  @Test
  void clockThatLeapsAndReturns_destroysNothingAndWithdrawsNothing() {
    federation.start(FR, HUB, DE, SG);
    assertNextArrives(DE, "to de");
    MessageId before = assertNextArrives(SG, "to sg");
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    MessageId kept = federation.send(FR, "kept", DEADLINE, DE);
    federation.awaitEvidence(FR, kept, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.stop(SG);
    MessageId waits = federation.send(FR, "waits", DEADLINE, SG);
    for (Duration far : List.of(TEN_YEARS, Duration.ofDays(25))) {
      leapAndBack(far);
    }
    assertEquals(List.of("kept"), RunningFederation.headlines(federation.receive(DE, 1)));
    federation.start(SG);
    assertEquals(List.of("waits"), RunningFederation.headlines(federation.receive(SG, 1)));
    assertFalse(federation.kinds(FR, waits, SG).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
    assertNextArrives(DE, "again to de");
  }

  @Test
  void nodeThatStartsWithAClockThatIsWeeksAhead_destroysNothing() {
    federation.start(FR, DE);
    MessageId kept = federation.send(FR, "kept", DEADLINE, DE);
    federation.awaitEvidence(FR, kept, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.stop(DE);
    federation.setWrong(DE, Duration.ofDays(25));
    federation.start(DE);
    federation.doChores();
    assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
    federation.stop(DE);
    federation.setWrong(DE, Duration.ZERO);
    federation.start(DE);
    assertEquals(List.of("kept"), RunningFederation.headlines(federation.receive(DE, 1)));
    assertNextArrives(DE, "later");
  }

  /** The first start with the wrong clock must leave nothing by which the second believes it. */
  @Test
  void nodeThatStartsAgainWithAClockThatIsWeeksAhead_destroysNothing() {
    federation.start(FR, DE);
    MessageId kept = federation.send(FR, "kept", DEADLINE, DE);
    federation.awaitEvidence(FR, kept, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.setWrong(DE, Duration.ofDays(25));
    for (int start = 1; start <= 3; start++) {
      federation.doChores();
      assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
      federation.stop(DE);
      federation.start(DE);
    }
    federation.stop(DE);
    federation.setWrong(DE, Duration.ZERO);
    federation.start(DE);
    assertEquals(List.of("kept"), RunningFederation.headlines(federation.receive(DE, 1)));
    assertNextArrives(DE, "later");
  }

  /** A checkpoint that stated it would be followed by none that states less: no proof for years. */
  @Test
  void clockThatLeapsAndReturns_isNotStatedByACheckpoint() {
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.stop(DE);
    federation.setWrong(FR, Duration.ofDays(10));
    federation.send(FR, "in the leap", DEADLINE, DE);
    federation.doChores();
    federation.setWrong(FR, Duration.ZERO);
    federation.send(FR, "set back", DEADLINE, DE);
    federation.doChores();
    assertTrue(stated(FR) <= federation.clock.instant().getEpochSecond());
    assertFalse(federation.scrape(FR, "readyz").contains("audit new-log"));
  }

  /** A client repeats a draft whose answer it missed, and must not publish it twice. */
  @Test
  void draftThatIsRepeatedDuringALeap_isNotPublishedTwice() {
    federation.start(FR, DE);
    Draft draft = federation.draft("once", DEADLINE, DE);
    MessageId first = federation.accepted(FR, draft);
    federation.setWrong(FR, Duration.ofDays(2));
    assertEquals(first, federation.accepted(FR, draft));
    federation.setWrong(FR, Duration.ZERO);
    assertEquals(first, federation.accepted(FR, draft));
    assertEquals(List.of("once"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  /** The time that the latest checkpoint states. */
  private long stated(String agency) {
    return (long) federation.metric(agency, "entente_audit_checkpoint_timestamp_seconds");
  }

  /** A leap that lasts is followed: the log states it, and an operator begins the next one. */
  @Test
  void logThatStatesATimeAhead_isFollowedByTheNext_onceTheClockIsRight() throws IOException {
    federation.files().publishBundle(TwinTest::witnessing);
    Instant before = federation.clock.instant();
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.setWrong(FR, Duration.ofDays(25));
    federation.doChores();
    federation.pass(Duration.ofMinutes(90), Duration.ofMinutes(30));
    assertEquals(0, federation.metric(FR, "entente_clock_doubted"));
    federation.stop(FR);
    assertEquals("continues", look(Duration.ofDays(25)));
    federation.setWrong(FR, Duration.ZERO);
    federation.start(FR);
    federation.doChores();
    assertTrue(stated(FR) > before.plus(Duration.ofDays(24)).getEpochSecond());
    assertTrue(federation.scrape(FR, "readyz").contains("`entente audit new-log`"));
    federation.stop(FR);
    String reason = look(Duration.ZERO);
    assertTrue(reason.contains("ahead of this machine's clock"), reason);

    LedgerSuccession.onDisk(federation.config(FR), federation.clock)
        .succeed(Optional.empty(), new AuditPerson("FR-1", "", "the clock was wrong"));

    federation.start(FR);
    assertNextArrives(DE, "after");
    federation.doChores();
    assertEquals(2, federation.metric(FR, "entente_audit_log_number"));
    assertTrue(stated(FR) <= federation.clock.instant().getEpochSecond());
    federation.await(
        "its witness cosigns the next log, whose checkpoints state earlier times",
        () -> {
          federation.clock.move(Duration.ofSeconds(1));
          federation.doChores();
          return federation.metric(FR, "entente_audit_cosigned_leaves") > 0;
        });
    assertEquals(0, federation.metric(FR, "entente_audit_log_convicted"));
  }

  /** The next log has signed nothing when the gateway starts; the earlier one states a time. */
  @Test
  void firstStartOfTheNextLog_withAClockThatIsWeeksAhead_destroysNothing() throws IOException {
    federation.start(FR, DE);
    MessageId kept = federation.send(FR, "kept", DEADLINE, DE);
    federation.awaitEvidence(FR, kept, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.doChores();
    federation.stop(DE);
    // By a clock that is behind, the log states a time ahead, and ends.
    Finding ended =
        LedgerSuccession.onDisk(
                federation.config(DE), () -> federation.clock.instant().minus(Duration.ofDays(1)))
            .succeed(Optional.empty(), new AuditPerson("DE-1", "", "a wrong clock"));
    assertInstanceOf(Finding.Ended.class, ended);
    federation.setWrong(DE, Duration.ofDays(25));
    federation.start(DE);
    federation.doChores();
    assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
    federation.stop(DE);
    federation.setWrong(DE, Duration.ZERO);
    federation.start(DE);
    assertEquals(List.of("kept"), RunningFederation.headlines(federation.receive(DE, 1)));
  }

  /** What `audit new-log --look` finds with a clock that is so far ahead. */
  private String look(Duration ahead) {
    Finding found =
        LedgerSuccession.onDisk(federation.config(FR), () -> federation.clock.instant().plus(ahead))
            .look(Optional.empty());
    return found instanceof Finding.Ended ended ? ended.reason() : "continues";
  }

  @Test
  void clocksAnHourApart_hinderNothing() {
    Duration nearly = Duration.ofMinutes(59);
    federation.setWrong(FR, nearly);
    federation.start(FR, DE);
    assertNextArrives(DE, "from ahead");
    federation.setWrong(FR, nearly.negated());
    federation.doChores();
    assertNextArrives(DE, "set back, from behind");
  }

  /** It is refused nothing for good: what it cannot judge now it takes when its clock is right. */
  @Test
  void recipientWhoseClockIsSetBackADay_takesAllOnceItIsRight() {
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.setWrong(DE, Duration.ofDays(-1));
    federation.pass(Duration.ofHours(2), Duration.ofMinutes(30));
    MessageId sent = federation.send(FR, "meanwhile", DEADLINE, DE);
    federation.pass(Duration.ofHours(2), Duration.ofMinutes(30));
    federation.setWrong(DE, Duration.ZERO);
    federation.doChores();
    assertEquals(List.of("meanwhile"), RunningFederation.headlines(federation.receive(DE, 1)));
    federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    assertFalse(federation.kinds(FR, sent, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
  }

  /** What comes next must not get a key that is destroyed as soon as the clock is not doubted. */
  @Test
  void recipientWhoseClockIsSetBackForAMoment_keepsWhatComesNext() {
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.setWrong(DE, Duration.ofDays(-30));
    federation.doChores();
    federation.setWrong(DE, Duration.ZERO);
    federation.doChores();
    assertEquals(0, federation.metric(DE, "entente_clock_doubted"));
    assertKept(federation.send(FR, "next", DEADLINE, DE), "next");
  }

  /** The same after a stop that is longer than the retention, of mail that is as old. */
  @Test
  void recipientThatWasAwayForLongerThanTheRetention_keepsWhatComesInTheDoubtedHour() {
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.stop(DE);
    MessageId sent = federation.send(FR, "meanwhile", DEADLINE, DE);
    federation.pass(FederationFiles.RETENTION.plusDays(2), Duration.ofHours(6));
    federation.start(DE);
    federation.doChores();
    assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
    assertKept(sent, "meanwhile");
  }

  /** It can still be received hours after its delivery, when no clock is doubted. */
  private void assertKept(MessageId sent, String headline) {
    federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofHours(3), Duration.ofMinutes(30));
    assertEquals(0, federation.metric(DE, "entente_clock_doubted"));
    assertEquals(List.of(headline), RunningFederation.headlines(federation.receive(DE, 1)));
    assertFalse(isToldAsUnretrieved(sent), "its origin may have stated it by a time-out");
  }

  /** Whether the recipient itself says that nobody took a message. */
  private boolean isToldAsUnretrieved(MessageId sent) {
    return federation.track(FR, sent).stream()
        .anyMatch(
            item ->
                item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL
                    && item.getAgency().equals(DE));
  }

  /** Both held the other's keys of that day, which are of a future now. */
  @Test
  void federationWhoseClocksWereADayAhead_goesOnWhenTheyAreSetBack() {
    federation.clock.leap(Duration.ofDays(1));
    federation.start(FR, DE);
    assertNextArrives(DE, "a day ahead");
    federation.clock.leap(Duration.ofDays(-1));
    federation.doChores();
    assertNextArrives(DE, "set back");
    federation.pass(Duration.ofHours(30), Duration.ofHours(6));
    assertNextArrives(DE, "after the next key");
  }

  /** Attack: a recipient's clock is set ahead, so that it refuses arriving mail as expired. */
  @Test
  void mailThatArrivesDuringALeap_isKept() {
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.setWrong(DE, Duration.ofHours(3));
    federation.doChores();
    assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
    MessageId sent = federation.send(FR, "in the leap", Duration.ofHours(2), DE);
    assertEquals(List.of("in the leap"), RunningFederation.headlines(federation.receive(DE, 1)));
    federation.setWrong(DE, Duration.ZERO);
    federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, DE);
    assertFalse(federation.kinds(FR, sent, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
  }

  /**
   * The same, so that what arrives is kept for as much longer as the clock leapt. It came before
   * its time to deliver was over, so its retention counts from then at the latest.
   */
  @Test
  void mailThatArrivesDuringALeap_isKeptNoLongerThanItsRetentionAfterItsTimeToDeliver()
      throws IOException {
    retainForADay();
    Instant start = federation.clock.instant();
    Instant night = start.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofMinutes(22 * 60 + 30));
    federation.clock.move(
        Duration.between(start, night.isBefore(start) ? night.plus(Duration.ofDays(1)) : night));
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.setWrong(DE, Duration.ofHours(3));
    federation.doChores();
    assertEquals(1, federation.metric(DE, "entente_clock_doubted"));
    MessageId sent = federation.send(FR, "in the leap", Duration.ofHours(1), DE);
    String received = "entente_received_total{origin=\"fr.customs\",exercise=\"false\",}";
    federation.await("it is kept", () -> federation.metric(DE, received) == 2);
    federation.setWrong(DE, Duration.ZERO);
    // Its day ends 25 and a half hours from here; by DE's clock of the leap it was the next one.
    federation.pass(Duration.ofHours(30), Duration.ofHours(1));
    federation.await(
        "its recipient says that it is gone, and that nobody took it",
        () -> isToldAsUnretrieved(sent));
  }

  /** Of what was here before a restore nothing is stated: the lost ledger may have known more. */
  @Test
  void restoreWithAClockThatIsAhead_silencesNothingAboutWhatComesLater() throws IOException {
    retainForADay();
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.stop(DE);
    LedgerSuccession.onDisk(
            federation.config(DE), () -> federation.clock.instant().plus(Duration.ofDays(60)))
        .restored(Optional.empty(), new AuditPerson("DE-1", "", "a wrong clock"), "a test");
    federation.start(DE);
    MessageId sent = federation.send(FR, "after the restore", Duration.ofHours(1), DE);
    federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(Duration.ofHours(54), Duration.ofHours(1));
    federation.await(
        "its recipient says that it is gone, and that nobody took it",
        () -> isToldAsUnretrieved(sent));
  }

  private void retainForADay() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    String terms = Files.readString(agreement);
    Files.writeString(agreement, terms.replaceAll("retention_days: \\d+", "retention_days: 1"));
  }

  /** Attack: a sender's clock is set behind the end of an agreement, under which mail waits. */
  @Test
  void mailThatWaitsWhenItsAgreementSeemsToEnd_isNotWithdrawn() throws IOException {
    Path agreement = federation.folder().resolve("agreements").resolve("warnings.yaml");
    LocalDate end = LocalDate.ofInstant(federation.clock.instant().plus(DEADLINE), ZoneOffset.UTC);
    Files.writeString(agreement, Files.readString(agreement) + "  until: " + end + "\n");
    federation.start(FR, DE);
    assertNextArrives(DE, "before");
    federation.stop(DE);
    MessageId waits = federation.send(FR, "waits", DEADLINE, DE);
    federation.setWrong(FR, Duration.ofDays(25));
    federation.doChores();
    assertEquals(1, federation.metric(FR, "entente_clock_doubted"));
    federation.start(DE);
    federation.await(
        "the link is up", () -> !federation.scrape(FR, "readyz").contains("link: none is up"));
    federation.doChores();
    federation.setWrong(FR, Duration.ZERO);
    federation.doChores();
    assertEquals(List.of("waits"), RunningFederation.headlines(federation.receive(DE, 1)));
    assertFalse(federation.kinds(FR, waits, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
  }

  /** Attack: a clock is set ahead while a subscriber has a backlog, which it would pass over. */
  @Test
  void subscriberWithABacklogDuringALeap_isGivenAllOfIt() {
    federation.start(FR, DE);
    List<String> headlines = List.of("1", "2", "3", "4", "5");
    for (String headline : headlines) {
      MessageId sent = federation.send(FR, headline, Duration.ofDays(1), DE);
      federation.awaitEvidence(FR, sent, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    }
    federation.setWrong(DE, Duration.ofDays(2));
    federation.doChores();
    assertEquals(headlines.subList(0, 2), RunningFederation.headlines(federation.receive(DE, 2)));
    federation.setWrong(DE, Duration.ZERO);
    federation.doChores();
    assertEquals(headlines.subList(2, 5), RunningFederation.headlines(federation.receive(DE, 3)));
  }
}
