package org.entente.gateway.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.EvidenceName;
import org.entente.gateway.ledger.table.AwaitedEvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.UnopenedRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence of a member that may be hostile, as it arrives: sealed by it, opened here. */
class PeerEvidenceCheckTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String MEMBER = ReceiveKit.ORIGIN.value();
  private static final String OTHER = "sg.police";

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  private boolean refuses;

  PeerEvidenceCheckTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger,
            keys,
            keys,
            journal,
            (origin, label, body) ->
                refuses
                    ? Optional.of(
                        IngressRefusal.open(
                            new Refusal(origin.value(), Code.INGRESS_REFUSED, "test", "not today")))
                    : Optional.empty(),
            () -> NOW);
  }

  private MessageId sentTo(String... recipients) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    SentFacts facts =
        SentFacts.newBuilder()
            .addAllRecipients(Arrays.asList(recipients))
            .setLane(Lane.FLASH.number())
            .setExpiresAtMs(NOW.plusSeconds(86_400).toEpochMilli())
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          EvidenceTimeouts.begin(tx, ledger, kit.evidence(), id, facts);
          return id;
        });
    return id;
  }

  private EvidenceItem item(MessageId id, EvidenceKind kind) {
    return kit.evidence().item(kind, id, MEMBER, new byte[0], NOW.toEpochMilli()).toBuilder()
        .setAgency(MEMBER)
        .build();
  }

  private Permitted message(List<EvidenceItem> items) {
    return PermittedFixture.permitted(
        MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random),
        ReceiveKit.ORIGIN,
        Lane.ROUTINE,
        Label.newBuilder().setKind(Kind.KIND_EVIDENCE).build(),
        Body.newBuilder().setEvidence(EvidenceBatch.newBuilder().addAllItems(items)).build(),
        NOW,
        FixedLabels.EVIDENCE.agreement(),
        FixedLabels.EVIDENCE.retentionDays(),
        ReceiveKit.SELF.value());
  }

  private void says(EvidenceItem... items) {
    assertEquals(Result.RESULT_COMMITTED, kit.deliver(message(List.of(items))).get(0).getResult());
  }

  private List<EvidenceItem> known(MessageId id) {
    return kit.evidence().known(ledger.evidence(), id).stream()
        .filter(item -> item.getKind() != EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE)
        .toList();
  }

  /** Messages that come alone leave a record each; a round returns them faster than they come. */
  @Test
  void round_returnsWhatManyLoneMessagesOwe_inOneMessage() {
    int lone = 600;
    for (int i = 0; i < lone; i++) {
      MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
      EvidenceItem item = item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
      ledger.commit(
          Lane.ROUTINE,
          tx -> {
            kit.evidence().owe(tx, ledger.evidence(), ReceiveKit.ORIGIN, item);
            return id;
          });
    }
    kit.evidenceReturn(PolicyFixture.demo()).round();
    ledger.commit(Lane.ROUTINE, tx -> tx);
    assertEquals(List.of(), kit.owed());
    assertEquals(1, ledger.outbox().page(ReceiveKit.ORIGIN, Lane.ROUTINE, null, 9).size());
  }

  /** What it states of messages that it was not sent, or names as it must not, is passed over. */
  @Test
  void itemAboutSeveralMessages_countsForThoseThatTheMemberWasSent() {
    MessageId first = sentTo(MEMBER, "sg.police");
    MessageId foreign = sentTo("sg.police");
    MessageId unknown = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    MessageId last = sentTo(MEMBER);
    EvidenceItem opened = item(unknown, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    says(EvidenceMessages.about(List.of(unknown, first, foreign, last), opened));
    says(EvidenceMessages.about(List.of(unknown, foreign), opened));
    assertEquals(List.of(EvidenceMessages.about(List.of(first), opened)), known(first));
    assertEquals(List.of(EvidenceMessages.about(List.of(last), opened)), known(last));
    assertEquals(List.of(), known(foreign));
    assertEquals(List.of(), known(unknown));

    EvidenceItem erased = item(first, EvidenceKind.EVIDENCE_KIND_ERASURE);
    says(EvidenceMessages.about(List.of(first, last), erased));
    ByteString cut = ByteString.copyFrom(last.bytes()).substring(1);
    EvidenceItem delivered = item(first, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    says(delivered.toBuilder().setFurtherMessageIds(cut).build());
    assertEquals(1, known(first).size());
    assertEquals(1, known(last).size());
  }

  @Test
  void member_thatRepeatsItselfWithoutEnd_isHeardOnce() {
    MessageId id = sentTo(MEMBER);
    EvidenceItem delivery = item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    List<EvidenceItem> flood = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      flood.add(delivery.toBuilder().setReason("again " + i).build());
    }
    for (int i = 0; i < 5; i++) {
      says(flood.toArray(EvidenceItem[]::new));
    }
    assertEquals(List.of(flood.get(0)), known(id));
  }

  /** The writer does not deal with what is known. */
  @Test
  void itemAboutSeveralMessages_isLeftWithThoseOfWhichItIsNew() {
    MessageId first = sentTo(MEMBER);
    MessageId last = sentTo(MEMBER);
    EvidenceItem opened = item(first, EvidenceKind.EVIDENCE_KIND_RETRIEVAL);
    says(opened);
    PeerEvidenceCheck check = new PeerEvidenceCheck(ledger.evidence(), kit.evidence());
    EvidenceItem both = EvidenceMessages.about(List.of(first, last), opened);
    assertEquals(
        List.of(EvidenceMessages.about(List.of(last), opened)),
        check.of(ReceiveKit.ORIGIN, List.of(opened, both)));
    says(both);
    assertEquals(List.of(), check.of(ReceiveKit.ORIGIN, List.of(opened, both)));
    assertEquals(1, known(first).size());
    assertEquals(1, known(last).size());
  }

  @Test
  void member_isNotHeardAboutMessagesThatItWasNotSent() {
    MessageId others = sentTo(OTHER);
    MessageId nobodys = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    says(
        item(others, EvidenceKind.EVIDENCE_KIND_RETRIEVAL),
        item(nobodys, EvidenceKind.EVIDENCE_KIND_DELIVERY));
    assertEquals(List.of(), known(others));
    assertEquals(List.of(), known(nobodys));
  }

  /** It knows the message, having been sent it; what others did with it is not its to say. */
  @Test
  void recipient_isNotHeardAboutOtherRecipients() {
    MessageId id = sentTo(MEMBER, OTHER);
    says(
        item(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL).toBuilder().setRecipient(OTHER).build(),
        item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY).toBuilder().clearRecipient().build());
    assertEquals(List.of(), known(id));
  }

  private EvidenceItem passedOn(MessageId id, int time) {
    return item(id, EvidenceKind.EVIDENCE_KIND_PASSED_ON).toBuilder()
        .addPassedOnTo("us.cbp")
        .setPassedOnAs(
            ByteString.copyFrom(MessageId.fresh(ReceiveKit.ORIGIN, time, random).bytes()))
        .setConsentId(ByteString.copyFrom(MessageId.fresh(ReceiveKit.ORIGIN, 1, random).bytes()))
        .build();
  }

  @Test
  void recipient_thatStatesThatItPassedOn_isHeardEachTime_upToABound() {
    MessageId id = sentTo(MEMBER);
    List<EvidenceItem> uses = new ArrayList<>();
    for (int i = 0; i < 2 * EvidenceName.PASSED_ON; i++) {
      uses.add(passedOn(id, i));
    }
    says(uses.toArray(EvidenceItem[]::new));
    assertEquals(uses.subList(0, EvidenceName.PASSED_ON), known(id));
  }

  /** Each use has one leaf in the audit log, however often a member repeats it. */
  @Test
  void recipient_thatRepeatsOneUseWithoutEnd_isHeardOnce_andOthersAreHeard() {
    MessageId id = sentTo(MEMBER);
    EvidenceItem use = passedOn(id, 1);
    List<EvidenceItem> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(use.toBuilder().setAt(Timestamps.fromMillis(NOW.toEpochMilli() + i)).build());
    }
    for (int i = 0; i < 5; i++) {
      says(flood.toArray(EvidenceItem[]::new));
    }
    EvidenceItem other = passedOn(id, 2);
    says(other);
    assertEquals(List.of(flood.get(0), other), known(id));
  }

  /** What this gateway does not read, it does not keep: a member could put any bytes there. */
  @Test
  void fieldsOfALaterVersion_andThoseThatTheKindDoesNotUse_areNotKept() {
    MessageId id = sentTo(MEMBER);
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                900,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFrom(new byte[60_000]))
                    .build())
            .build();
    EvidenceItem delivery = item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY);
    EvidenceItem erasure =
        item(id, EvidenceKind.EVIDENCE_KIND_ERASURE).toBuilder()
            .setRetrievedBy("desk")
            .setRetrievedAt(Timestamps.fromMillis(NOW.toEpochMilli()))
            .addAlsoRetrievedBy("other")
            .setAlsoRetrievedMore(3)
            .setAttestedMachines(1)
            .build();
    EvidenceItem use = passedOn(id, 1);
    says(
        delivery.toBuilder()
            .setUnknownFields(later)
            .setAt(delivery.getAt().toBuilder().setUnknownFields(later))
            .setRetrievedBy("desk")
            .setRetrievedAt(delivery.getAt().toBuilder().setUnknownFields(later))
            .addPassedOnTo("us.cbp")
            .build(),
        erasure.toBuilder().setUnknownFields(later).addPassedOnTo("us.cbp").build(),
        use.toBuilder().setUnknownFields(later).setRetrievedBy("desk").build());
    assertEquals(List.of(delivery, erasure, use), known(id));
  }

  @Test
  void recipient_thatDoesNotSayAsWhatItPassedOn_isNotHeard() {
    MessageId id = sentTo(MEMBER);
    says(passedOn(id, 1).toBuilder().clearPassedOnAs().build());
    says(passedOn(id, 1).toBuilder().setConsentId(ByteString.copyFrom(new byte[15])).build());
    assertEquals(List.of(), known(id));
    EvidenceItem needingNone = passedOn(id, 1).toBuilder().clearConsentId().build();
    says(needingNone);
    assertEquals(List.of(needingNone), known(id), "among the parties of an agreement");
  }

  @Test
  void recipient_statesOnlyWhatIsARecipientsToState() {
    MessageId id = sentTo(MEMBER);
    List<EvidenceKind> heard = new ArrayList<>();
    for (EvidenceKind kind : EvidenceKind.values()) {
      if (kind != EvidenceKind.UNRECOGNIZED) {
        says(item(id, kind));
      }
    }
    known(id).forEach(item -> heard.add(item.getKind()));
    assertEquals(
        List.of(
            EvidenceKind.EVIDENCE_KIND_DELIVERY,
            EvidenceKind.EVIDENCE_KIND_NON_DELIVERY,
            EvidenceKind.EVIDENCE_KIND_RETRIEVAL,
            EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL,
            EvidenceKind.EVIDENCE_KIND_ERASURE,
            EvidenceKind.EVIDENCE_KIND_FETCHED),
        heard);
  }

  @Test
  void retrieval_takesTheMessageFromTheUnopenedOnes_whichAnotherMembersDoesNot() {
    MessageId id = sentTo(MEMBER);
    MessageId others = sentTo(OTHER);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.awaited().list(tx, unopened(id, MEMBER));
          ledger.awaited().list(tx, unopened(others, OTHER));
          return id;
        });
    says(
        item(others, EvidenceKind.EVIDENCE_KIND_RETRIEVAL).toBuilder().setRecipient(OTHER).build(),
        item(id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL));
    List<AwaitedEvidenceTable.UnopenedMessage> left = ledger.awaited().unopened(0, 10);
    assertEquals(List.of(OTHER), left.stream().map(one -> one.record().getRecipient()).toList());
  }

  private static UnopenedRecord unopened(MessageId id, String recipient) {
    return UnopenedRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setRecipient(recipient)
        .setLane(Lane.FLASH.number())
        .build();
  }

  /** Evidence never begets evidence, which two gateways would otherwise exchange for ever. */
  @Test
  void evidence_thatIsRefused_isOwedNoEvidence_andAnAlertIs() {
    MessageId id = sentTo(MEMBER);
    refuses = true;
    says(item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY));
    assertEquals(List.of(), kit.owed());
    refuses = false;
    AgencyName liar = new AgencyName(OTHER);
    says(item(id, EvidenceKind.EVIDENCE_KIND_DELIVERY).toBuilder().setAgency(liar.value()).build());
    assertEquals(List.of(), kit.owed());
    assertEquals(List.of(), known(id));
    refuses = true;
    kit.deliver(
        PermittedFixture.alert(
            MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random),
            ReceiveKit.ORIGIN,
            Lane.ROUTINE,
            Body.getDefaultInstance(),
            NOW,
            ReceiveKit.SELF.value()));
    assertEquals(
        List.of(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY),
        kit.owed().stream().map(EvidenceItem::getKind).toList());
  }
}
