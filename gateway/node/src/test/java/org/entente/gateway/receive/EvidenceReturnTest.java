package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.ORIGIN;
import static org.entente.gateway.receive.RecipientNode.SELF;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.OutboxEntry;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence on its way back to the origins it is owed to. */
class EvidenceReturnTest {
  private static final Policy POLICY = PolicyFixture.demo();
  private static final AgencyName STRANGER = new AgencyName("xx.nobody");

  @AutoClose private final RecipientNode node;
  private final EvidenceReturn returning;

  EvidenceReturnTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
    node.clock.set(PolicyFixture.NOW);
    returning = node.kit.evidenceReturn(POLICY);
  }

  /** A round, and a commit that takes along what it left for one. */
  private void round() {
    returning.round();
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
  }

  /** Owes items together, as one envelope of so many messages leaves them. */
  private void owe(AgencyName origin, int items) {
    List<EvidenceItem> all = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      MessageId id = node.id();
      all.add(
          node.kit
              .evidence()
              .item(
                  EvidenceKind.EVIDENCE_KIND_DELIVERY,
                  id,
                  SELF.value(),
                  new byte[0],
                  node.clock.millis()));
    }
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.kit.evidence().owe(tx, node.ledger.evidence(), origin, all);
          return tx;
        });
  }

  private int owed(AgencyName origin) {
    return node.kit
        .evidence()
        .openOwed(node.ledger.evidence().owed(origin, 100_000, Long.MAX_VALUE))
        .size();
  }

  private List<OutboxEntry> sentTo(AgencyName origin) {
    return node.ledger.outbox().page(origin, Lane.ROUTINE, null, 100).stream()
        .map(one -> one.entry())
        .toList();
  }

  @Test
  void evidence_ofFewMessages_waitsForMore_andOfManyIsSentAtOnce() {
    for (int tick = 1; tick < EvidenceReturn.PATIENCE; tick++) {
      owe(ORIGIN, 1);
      returning.tick();
      assertEquals(tick, owed(ORIGIN));
    }
    returning.tick();
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertEquals(0, owed(ORIGIN));
    assertEquals(1, sentTo(ORIGIN).size(), "they went together");
    for (int i = 0; i < EvidenceReturn.MANY; i++) {
      assertEquals(1, sentTo(ORIGIN).size());
      owe(ORIGIN, 1);
    }
    returning.tick();
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertEquals(0, owed(ORIGIN));
    assertEquals(2, sentTo(ORIGIN).size());
  }

  @Test
  void evidence_owed_isSentUnderSeal_onRecord_andForgottenAsOwed() {
    owe(ORIGIN, 3);
    round();
    assertEquals(0, owed(ORIGIN));
    assertEquals(1, sentTo(ORIGIN).size());
    OutboxEntry entry = sentTo(ORIGIN).get(0);
    assertEquals(FixedLabels.EVIDENCE.agreement(), entry.getAgreement());
    StoredEnvelope envelope =
        Objects.requireNonNull(
            node.ledger.envelopes().read(entry.getHeaderHash().toByteArray()), "envelope");
    EnvelopeHeader header = EnvelopeHeader.parse(envelope.getHeader().toByteArray()).orElseThrow();
    assertEquals(SELF, header.facts().origin());
    assertEquals(Lane.ROUTINE, header.facts().lane());
    assertEquals(false, header.facts().exercise());

    AuditRecord leaf = node.leaves.only(AuditType.ACCEPTED);
    assertEquals(LawCategory.NONE, leaf.category());
    assertEquals(AuditActor.gateway(SELF), leaf.actor());
    assertEquals(header.facts().id(), leaf.subject().envelope());
    assertEquals(
        List.of(envelope.getMessageIds(0)),
        leaf.subject().messages().stream().map(RecipientNode::bytes).toList());
    assertEquals(List.of(ORIGIN), leaf.subject().agencies());
    assertEquals(ByteString.copyFrom(header.hash()), leaf.subject().headerHash());
    assertEquals(node.clock.instant(), leaf.at());
    assertEquals(
        node.clock.millis(), leaf.subject().messages().get(0).millis(), "its id is of now");
  }

  @Test
  void evidence_ofSeveralOrigins_goesToEach_andARoundWithoutNewsSendsNothing() {
    owe(ORIGIN, 1);
    owe(SG, 2);
    round();
    assertEquals(1, sentTo(ORIGIN).size());
    assertEquals(1, sentTo(SG).size());
    round();
    assertEquals(2, node.leaves.count());
    owe(SG, 1);
    round();
    assertEquals(2, sentTo(SG).size());
    assertEquals(1, sentTo(ORIGIN).size());
  }

  /** Its seal is right, and its content of another form. */
  @Test
  void failureForOneOrigin_keepsNoEvidenceFromOthers() {
    owe(ORIGIN, 1);
    RecordPlace place =
        node.ledger.evidence().owed(ORIGIN, 1, Long.MAX_VALUE).get(0).sealedItems().place();
    byte[] garbage =
        new RecordSeal(node.keys, node.random)
            .seal(place, new byte[] {-1}, node.clock.instant().plus(Duration.ofDays(1)));
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          try (Scan scan = tx.scanCommitted(Table.EVIDENCE, new byte[0], null)) {
            scan.next();
            tx.put(Table.EVIDENCE, scan.key(), garbage);
            return scan.key();
          }
        });
    owe(SG, 1);
    round();
    assertEquals(1, sentTo(SG).size());
    assertEquals(0, sentTo(ORIGIN).size());
  }

  /** Nobody is left to tell. */
  @Test
  void evidence_forWhoIsNoMemberAnyMore_isForgotten() {
    owe(STRANGER, 2);
    round();
    assertEquals(0, owed(STRANGER));
    assertEquals(List.of(), sentTo(STRANGER));
    assertEquals(0, node.leaves.count());
  }

  @Test
  void message_holdsAtMostItsNumberOfItems() {
    owe(ORIGIN, EvidenceReturn.MOST + 1);
    round();
    assertEquals(2, sentTo(ORIGIN).size());
    assertEquals(0, owed(ORIGIN));
  }

  /** With one read for each message, a busy gateway read each record a dozen times. */
  @Test
  void messages_ofARound_takeWhatWasReadOnce() {
    owe(ORIGIN, 1);
    round();
    for (int i = 0; i < 4 * EvidenceReturn.MOST; i += EvidenceRecords.TOGETHER) {
      oweShared(Stream.generate(node::id).limit(EvidenceRecords.TOGETHER).toList());
    }
    node.store.calls();
    returning.round();
    assertEquals(2, node.store.calls().get("scan EVIDENCE"), "is something owed, and what");
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertEquals(5, sentTo(ORIGIN).size());
    assertEquals(0, owed(ORIGIN));
  }

  /** Owes one item about several messages, as an envelope leaves it. */
  private void oweShared(List<MessageId> ids) {
    EvidenceItem item =
        node.kit
            .evidence()
            .item(
                EvidenceKind.EVIDENCE_KIND_DELIVERY,
                ids.get(0),
                SELF.value(),
                new byte[0],
                node.clock.millis());
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          List<EvidenceItem> about = EvidenceRecords.about(ids, item);
          node.kit.evidence().owe(tx, node.ledger.evidence(), ORIGIN, about);
          return tx;
        });
  }

  /** An origin to which very much is owed holds up no other, and the next round goes on. */
  @Test
  void round_sendsABoundedNumberOfMessagesToOneOrigin_andGoesOnNextTime() {
    owe(ORIGIN, 9 * EvidenceReturn.MOST);
    owe(SG, 1);
    round();
    assertEquals(8, sentTo(ORIGIN).size());
    assertEquals(EvidenceReturn.MOST, owed(ORIGIN));
    assertEquals(1, sentTo(SG).size());
    round();
    assertEquals(9, sentTo(ORIGIN).size());
    assertEquals(0, owed(ORIGIN));
    assertEquals(10, node.leaves(AuditType.ACCEPTED).size());
  }

  private EvidenceItem retrieved(MessageId id, String client, long after) {
    return node.kit.evidence().retrieval(id, client, node.clock.millis() + after);
  }

  /** A client that acknowledges each message by itself costs the origin an item a second. */
  @Test
  void retrievalsByOneClientWithinASecond_areOneItemOfTheLastsTime_andOthersStayAsTheyAre() {
    List<MessageId> ids = Stream.generate(node::id).limit(7).toList();
    EvidenceItem delivery =
        EvidenceMessages.about(
            ids.subList(0, 2),
            node.kit
                .evidence()
                .item(
                    EvidenceKind.EVIDENCE_KIND_DELIVERY,
                    ids.get(0),
                    SELF.value(),
                    new byte[32],
                    node.clock.millis()));
    EvidenceItem other = retrieved(ids.get(4), "other", 30);
    List<EvidenceItem> items =
        List.of(
            retrieved(ids.get(0), "desk", 0),
            delivery,
            retrieved(ids.get(1), "desk", 10),
            other,
            retrieved(ids.get(2), "desk", 1_000),
            delivery,
            retrieved(ids.get(3), "desk", 1_005));
    assertEquals(
        List.of(
            retrieved(ids.get(0), "desk", 0),
            delivery,
            other,
            delivery,
            EvidenceMessages.about(ids.subList(1, 4), retrieved(ids.get(1), "desk", 1_005))),
        EvidenceReturn.coalesced(items));
  }

  @Test
  void retrievals_ofMoreThan64Messages_areSeveralItems_andEachMessageIsInOne() {
    List<MessageId> ids = Stream.generate(node::id).limit(150).toList();
    List<EvidenceItem> items = ids.stream().map(id -> retrieved(id, "desk", 5)).toList();
    List<EvidenceItem> together = EvidenceReturn.coalesced(items);
    assertEquals(3, together.size());
    assertEquals(
        ids, together.stream().flatMap(item -> EvidenceMessages.of(item).stream()).toList());
  }
}
