package org.entente.gateway.feature.request;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of {@code fr.customs} that share what other agencies take of its open requests. */
class RequestSharesTest {
  private static final NodeName CLIENT = new NodeName("desk");
  private static final NodeName OTHER = new NodeName("night");
  private static final String SG = "sg.police";
  private static final String DE = "de.customs";
  private static final Duration ANSWER_WITHIN = Duration.ofDays(2);

  /** What one client can have, if no other has any. */
  private static final int SHARE = IntakeKit.OPEN_REQUESTS / 2;

  private final SecureRandom random = new SecureRandom();
  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final Policy policy;
  private Ledger ledger;

  @AutoClose("closeWithLedger")
  private IntakeKit kit;

  private int drafts;

  RequestSharesTest(@TempDir Path folder) {
    policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "sg.yaml",
                PolicyFixture.sample("kinds: [ALERT]", "kinds: [ALERT, REQUEST, ANSWER]"),
                "de.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: de",
                    "kinds: [ALERT]",
                    "kinds: [ALERT, REQUEST, ANSWER]",
                    "agency: sg.police",
                    "agency: de.customs")));
    ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW);
    kit = kit();
  }

  private IntakeKit kit() {
    return new IntakeKit(
        ledger,
        new RecordSeal(new MemoryStorageKeys(), random),
        () -> policy,
        () -> NOW,
        SecretBytes.random(random, 32),
        /* mostHeld= */ 1);
  }

  private void restart() {
    kit.closeWithLedger();
    ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW);
    kit = kit();
  }

  private CompletableFuture<Outcome> ask(NodeName client, Label.Builder label, String... to) {
    drafts++;
    return kit.intake().publish(client, draft("request-" + drafts, label, to));
  }

  private static Draft draft(String key, Label.Builder label, String... to) {
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(ANSWER_WITHIN));
    Draft.Builder draft = RequestSamples.draft(key, label, body, to[0]);
    draft.getToBuilder().addAllAgencies(List.of(to).subList(1, to.length));
    return draft.build();
  }

  private MessageId asked(NodeName client, String... to) {
    Outcome outcome = ask(client, RequestSamples.asks(), to).join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private List<MessageId> fill() {
    List<MessageId> asked = new ArrayList<>();
    for (int i = 0; i < SHARE; i++) {
      asked.add(asked(CLIENT, SG));
    }
    return asked;
  }

  private void isFull() {
    Outcome outcome = ask(CLIENT, RequestSamples.asks(), SG).join();
    assertTrue(outcome.hasInvalid(), outcome.toString());
    assertEquals(Code.LIMIT_REACHED.name(), outcome.getInvalid().getCode());
    assertEquals("to", outcome.getInvalid().getField());
    String told = outcome.getInvalid().getMessage();
    assertTrue(
        told.startsWith("sg.police takes " + IntakeKit.OPEN_REQUESTS + " open requests"), told);
  }

  @Test
  void requestsOfOneClient_areAsManyAsAreFreeAtARecipient_andOthersHaveRoom_alsoOverARestart() {
    fill();
    isFull();
    asked(CLIENT, DE);
    restart();
    isFull();
    asked(OTHER, SG);
    isFull();
    assertEquals(SHARE + 1, RequestTable.of(ledger).openAt(SG, false));
  }

  /** The refusal is none for good: nothing is remembered under the key of the draft. */
  @Test
  void refusedRequest_changesNothing_andTheSameDraftGoesOnceThereIsRoom() {
    List<MessageId> asked = fill();
    Draft draft = draft("once-more", RequestSamples.asks(), SG);
    assertTrue(kit.intake().publish(CLIENT, draft).join().hasInvalid());
    assertEquals(SHARE, ledger.outbox().page(new AgencyName(SG), Lane.ROUTINE, null, 99).size());
    answered(asked.get(0));
    assertTrue(kit.intake().publish(CLIENT, draft).join().hasAccepted());
    isFull();
  }

  @Test
  void requestThatIsAnsweredOrRefusedOrRecalledOrLapses_leavesRoom() {
    List<MessageId> asked = fill();
    answered(asked.get(0));
    asked(CLIENT, SG);
    isFull();

    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          deadlines().refused(tx, asked.get(1), SG);
          return asked.get(1);
        });
    asked(CLIENT, SG);
    isFull();

    Results.value(
        kit.recalling()
            .recall(
                CLIENT, asked.get(2), "not needed any more", RequestSamples.PERSON, lookUps -> {})
            .join());
    asked(CLIENT, SG);
    isFull();

    RequestTable book = RequestTable.of(ledger);
    pass(ANSWER_WITHIN);
    assertEquals(SHARE, book.openAt(SG, false), "overdue requests are open");
    isFull();
    pass(ANSWER_WITHIN.plus(RequestTable.LISTED));
    assertEquals(0, book.openAt(SG, false));
    assertEquals(0, book.openAt(SG, false, ledger.names().token(CLIENT.value())));
    asked(CLIENT, SG);
  }

  /** Its recipient has none of them: a client must not wait for answers of one that is away. */
  @Test
  void requestThatExpiresUndelivered_leavesRoom_andTakesALateAnswer() {
    List<MessageId> asked = fill();
    stated(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, IntakeKit.SELF.value(), asked.get(0));
    stated(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, IntakeKit.SELF.value(), asked.get(1));
    stated(EvidenceKind.EVIDENCE_KIND_DELIVERY, SG, asked.get(1));
    pass(ANSWER_WITHIN);
    isFull();
    pass(Duration.ofDays(31));
    asked(CLIENT, SG);
    isFull();
    RequestTable book = RequestTable.of(ledger);
    assertEquals(SHARE, book.openAt(SG, false));
    answered(asked.get(0));
    assertEquals(SHARE, book.openAt(SG, false), "it was counted no longer");
    Name name = new Name(Side.ASKED, asked.get(0), SG);
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, requireNonNull(book.read(name)).getState());
    answered(asked.get(1));
    asked(CLIENT, SG);
    isFull();
  }

  /** As after a night without power: it is withdrawn only when the gateway runs again. */
  @Test
  void requestWhoseEndIsStatedLate_leavesRoomAnHourLater() {
    List<MessageId> asked = fill();
    pass(Duration.ofDays(31));
    isFull();
    stated(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, IntakeKit.SELF.value(), asked.get(0));
    pass(Duration.ofDays(31).plus(RequestDeadlineSweep.STATED_WITHIN));
    asked(CLIENT, SG);
    isFull();
  }

  /** Nobody could ever send as many requests as before, whatever happened to the others. */
  @Test
  void requestWhoseRecordIsDamaged_leavesRoomWhenItsAnswerIsDue() {
    MessageId damaged = fill().get(0);
    byte[] key = KeyBuilder.key().u8(1).u8(1).bytes(damaged.bytes()).ascii(SG).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.REQUEST, key, new byte[] {-1});
          return damaged;
        });
    pass(ANSWER_WITHIN.minusMillis(1));
    isFull();
    pass(ANSWER_WITHIN);
    RequestTable book = RequestTable.of(ledger);
    assertEquals(SHARE - 1, book.openAt(SG, false));
    assertEquals(SHARE - 1, book.openAt(SG, false, ledger.names().token(CLIENT.value())));
    asked(CLIENT, SG);
    isFull();
  }

  private void stated(EvidenceKind kind, String by, MessageId request) {
    EvidenceRecords records = kit.parts().records().evidence();
    EvidenceItem item =
        records.item(kind, request, SG, new byte[0], NOW.toEpochMilli()).toBuilder()
            .setAgency(by)
            .build();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          records.keep(tx, ledger.evidence(), item);
          return request;
        });
  }

  /** What comes when it is over, by the clock of the sweep. */
  private void pass(Duration time) {
    new RequestDeadlineSweep(
            IntakeKit.SELF,
            ledger,
            new ReminderSchedule(List.of()),
            new Meters(),
            () -> NOW.plus(time))
        .round();
  }

  private ResponseDeadlines deadlines() {
    return new ResponseDeadlines(RequestTable.of(ledger), new Meters(), IntakeKit.OPEN_REQUESTS);
  }

  private void answered(MessageId request) {
    MessageId id = MessageId.fresh(NOW.toEpochMilli(), random);
    Label label =
        RequestSamples.complete(RequestSamples.answers(request))
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .build();
    Body body = RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          deadlines().received(tx, new AgencyName(SG), label, body);
          return id;
        });
  }

  @Test
  void exercises_haveSharesOfTheirOwn() {
    fill();
    for (int i = 0; i < SHARE; i++) {
      assertTrue(ask(CLIENT, training(), SG).join().hasAccepted());
    }
    assertTrue(ask(CLIENT, training(), SG).join().hasInvalid());
    assertTrue(ask(OTHER, training(), SG).join().hasAccepted());
    assertEquals(SHARE, RequestTable.of(ledger).openAt(SG, false));
  }

  private static Label.Builder training() {
    return RequestSamples.asks().setStatus(Status.STATUS_EXERCISE);
  }

  @Test
  void requestToSeveral_goesToThoseWithRoom_andSaysWhoHasNone() {
    fill();
    Outcome outcome = ask(CLIENT, RequestSamples.asks(), SG, DE).join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(DE, outcome.getAccepted().getPermits(0).getAgency());
    assertEquals(1, outcome.getAccepted().getRefusalsCount());
    assertEquals(SG, outcome.getAccepted().getRefusals(0).getAgency());
    assertEquals(Code.LIMIT_REACHED.name(), outcome.getAccepted().getRefusals(0).getCode());
    MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
    assertEquals(List.of(new Name(Side.ASKED, id, DE)), RequestTable.of(ledger).asked(id));
  }

  /** Each of them finds room in the ledger before the first is committed. */
  @Test
  void requestsAtOnce_haveNoMoreThanTheirShare_andLeaveNothingReserved() {
    Runnable goOn = kit.pauseSealing();
    List<CompletableFuture<Outcome>> asked = new ArrayList<>();
    for (int i = 0; i < 2 * SHARE; i++) {
      asked.add(ask(CLIENT, RequestSamples.asks(), SG));
    }
    goOn.run();
    assertEquals(SHARE, asked.stream().filter(one -> one.join().hasAccepted()).count());
    isFull();
    answered(MessageId.of(accepted(asked).getMessageId().toByteArray()));
    asked(CLIENT, SG);
    isFull();
  }

  private static Outcome accepted(List<CompletableFuture<Outcome>> outcomes) {
    return outcomes.stream()
        .map(CompletableFuture::join)
        .filter(Outcome::hasAccepted)
        .findFirst()
        .orElseThrow();
  }
}
