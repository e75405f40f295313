package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A recipient is away for 30 days. All its keys have died meanwhile, and every session to it; the
 * origin has changed its outbox key each day. What was acknowledged arrives and opens on its
 * return, or there is evidence why not.
 */
@Tag("extended")
@Tag("absence")
class AbsenceTest {
  private static final Duration AWAY = Duration.ofDays(30);
  private static final Duration STEP = Duration.ofHours(6);
  private static final Duration LONG = Duration.ofDays(50);
  private static final Duration SHORT = Duration.ofDays(3);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  /** A message that has arrived shows that keys were exchanged; the recipient then goes away. */
  private void meetAndPart(String recipient) {
    MessageId before = federation.send(FR, "before", LONG, recipient);
    assertEquals(List.of("before"), RunningFederation.headlines(federation.receive(recipient, 1)));
    // By then the acknowledgement is durable, so that it is not given again.
    federation.awaitEvidence(FR, before, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, recipient);
    federation.stop(recipient);
  }

  private static List<String> named(String word, int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(word + " " + i);
    }
    return names;
  }

  private void assertArrived(String recipient, List<String> headlines, List<MessageId> sent) {
    List<Delivery> received = federation.receive(recipient, headlines.size());
    assertEquals(headlines, RunningFederation.headlines(received));
    assertEquals(
        sent.stream().map(MessageId::toString).toList(),
        received.stream()
            .map(d -> MessageId.of(d.getLabel().getMessageId().toByteArray()).toString())
            .toList());
    for (MessageId message : sent) {
      federation.awaitEvidence(FR, message, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, recipient);
      assertFalse(
          federation
              .kinds(FR, message, recipient)
              .contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
    }
  }

  @Test
  void mailForARecipientAwayThirtyDays_arrivesAndOpens() {
    federation.start(FR, DE);
    meetAndPart(DE);
    List<MessageId> sent = new ArrayList<>();
    List<String> headlines = named("away", 10);
    for (String headline : headlines) {
      sent.add(federation.send(FR, headline, LONG, DE));
      federation.pass(AWAY.dividedBy(headlines.size()), STEP);
    }
    federation.start(DE);
    assertArrived(DE, headlines, sent);
  }

  /** The origin restarts too: neither sessions nor anything else in its memory is needed. */
  @Test
  void mailForARecipientAwayThirtyDays_survivesTheOriginsRestarts() {
    federation.start(FR, DE);
    meetAndPart(DE);
    List<MessageId> sent = new ArrayList<>();
    List<String> headlines = named("away", 3);
    for (String headline : headlines) {
      sent.add(federation.send(FR, headline, LONG, DE));
      federation.stop(FR);
      federation.start(FR);
      federation.pass(AWAY.dividedBy(headlines.size()), STEP);
    }
    federation.start(DE);
    assertArrived(DE, headlines, sent);
  }

  /** Every start begins an epoch of numbers, of which a recipient keeps eight. */
  @Test
  void mailOverMoreRestartsThanARecipientKeepsEpochs_arrives() {
    federation.start(FR, DE);
    meetAndPart(DE);
    List<MessageId> sent = new ArrayList<>();
    List<String> headlines = named("restart", OriginWindows.MAX_EPOCHS + 2);
    for (String headline : headlines) {
      sent.add(federation.send(FR, headline, LONG, DE));
      federation.stop(FR);
      federation.start(FR);
    }
    federation.start(DE);
    assertArrived(DE, headlines, sent);
  }

  /** The transit has them in custody under stanzas for keys that die, and is restarted itself. */
  @Test
  void mailInATransitForThirtyDays_arrivesAndOpens() {
    federation.start(FR, HUB, SG);
    meetAndPart(SG);
    List<MessageId> sent = new ArrayList<>();
    List<String> headlines = named("in transit", 5);
    for (String headline : headlines) {
      sent.add(federation.send(FR, headline, LONG, SG));
    }
    federation.awaitEvidence(FR, sent.get(4), EvidenceKind.EVIDENCE_KIND_RELAY_ACCEPTANCE, HUB);
    federation.pass(AWAY.dividedBy(2), STEP);
    federation.stop(HUB);
    federation.start(HUB);
    federation.pass(AWAY.dividedBy(2), STEP);
    federation.start(SG);
    assertArrived(SG, headlines, sent);
  }

  /** Meanwhile both pairs of the origin are replaced, and the bundle forgets the old ones. */
  @Test
  void mailAcrossNewPairsOfTheOrigin_arrivesAndOpens() throws IOException {
    federation.start(FR, HUB, DE, SG);
    meetAndPart(DE);
    meetAndPart(SG);
    List<MessageId> sent = new ArrayList<>();
    List<String> headlines = named("under way", 4);
    sent.add(federation.send(FR, headlines.get(0), LONG, DE, SG));
    federation.pass(Duration.ofDays(8), STEP);
    federation.renewPairs(FR);
    federation.pass(Duration.ofDays(1), STEP);
    sent.add(federation.send(FR, headlines.get(1), LONG, DE, SG));
    federation.pass(Duration.ofDays(3), STEP);
    federation.files().dropOldPairs(FR);
    federation.pass(Duration.ofDays(8), STEP);
    sent.add(federation.send(FR, headlines.get(2), LONG, DE, SG));
    federation.stop(FR);
    federation.start(FR);
    federation.pass(Duration.ofDays(10), STEP);
    sent.add(federation.send(FR, headlines.get(3), LONG, DE, SG));
    federation.start(DE, SG);
    assertArrived(DE, headlines, sent);
    assertArrived(SG, headlines, sent);
  }

  @Test
  void mailWhoseDeadlinePassesMeanwhile_isAccountedForBeforeAnybodyReturns() {
    federation.start(FR, HUB, DE, SG);
    meetAndPart(DE);
    meetAndPart(SG);
    MessageId late = federation.send(FR, "too late", SHORT, DE, SG);
    MessageId good = federation.send(FR, "in time", LONG, DE, SG);
    federation.pass(SHORT.plusDays(1), STEP);
    for (String recipient : List.of(DE, SG)) {
      EvidenceItem item =
          federation.awaitEvidence(FR, late, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, recipient);
      assertEquals("EXPIRED", item.getCode());
    }
    federation.pass(AWAY, STEP);
    federation.start(DE, SG);
    for (String recipient : List.of(DE, SG)) {
      assertArrived(recipient, List.of("in time"), List.of(good));
      Set<EvidenceKind> known = federation.kinds(FR, late, recipient);
      assertTrue(known.contains(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY));
      assertFalse(known.contains(EvidenceKind.EVIDENCE_KIND_DELIVERY));
    }
  }

  /**
   * What waited can be opened by nobody any more; its origin knows, and goes on with other keys.
   */
  @Test
  void mailOfAnOriginThatLostItsKeystore_isWithdrawnWithEvidence() throws IOException {
    federation.start(FR, DE);
    meetAndPart(DE);
    MessageId lost = federation.send(FR, "lost", LONG, DE);
    federation.stop(FR);
    federation.files().loseKeystore(FR);
    federation.start(FR, DE);
    EvidenceItem item =
        federation.awaitEvidence(FR, lost, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, DE);
    assertEquals("INTERNAL", item.getCode());
    MessageId again = federation.send(FR, "again", LONG, DE);
    assertArrived(DE, List.of("again"), List.of(again));
  }

  @Test
  void mailThatNobodyTakesWithinItsRetention_isToldAsNotRetrieved() {
    federation.start(FR, DE);
    MessageId taken = federation.send(FR, "taken", LONG, DE);
    federation.receive(DE, 1);
    MessageId left = federation.send(FR, "left", LONG, DE);
    federation.awaitEvidence(FR, left, EvidenceKind.EVIDENCE_KIND_DELIVERY, DE);
    federation.pass(FederationFiles.RETENTION.plusDays(2), STEP);
    federation.awaitEvidence(FR, left, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, DE);
    assertTrue(federation.kinds(FR, taken, DE).contains(EvidenceKind.EVIDENCE_KIND_RETRIEVAL));
    assertFalse(federation.kinds(FR, taken, DE).contains(EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL));
  }
}
