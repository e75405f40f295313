package org.entente.gateway.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.feature.request.RequestTable;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.feature.request.ResponseDeadlines;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.gateway.transmit.EvidenceTimeouts;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceBatch;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of a member that may be hostile, as they arrive at the agency that asked: sealed by it,
 * opened here, whatever its own gateway should have refused.
 */
class AnswerAttackTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String MEMBER = ReceiveKit.ORIGIN.value();

  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  AnswerAttackTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger, keys, keys, journal, (origin, label, body) -> Optional.empty(), () -> NOW);
  }

  private MessageId ask(String agency) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    Permitted request =
        PermittedFixture.permitted(
            id,
            ReceiveKit.SELF,
            Lane.ROUTINE,
            RequestSamples.complete(RequestSamples.asks()).build(),
            RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(Duration.ofDays(2))),
            NOW,
            "test",
            30,
            agency);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          new ResponseDeadlines(RequestTable.of(ledger), new Meters(), 10_000)
              .sent(tx, new byte[0], request);
          EvidenceTimeouts.begin(
              tx,
              ledger,
              kit.evidence(),
              id,
              SentFacts.newBuilder()
                  .addRecipients(agency)
                  .setLane(Lane.ROUTINE.number())
                  .setExpiresAtMs(NOW.plusSeconds(86_400).toEpochMilli())
                  .build());
          return id;
        });
    return id;
  }

  private MessageId comes(Label.Builder label, Body body, String agreement) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random);
    kit.deliver(
        PermittedFixture.permitted(
            id,
            ReceiveKit.ORIGIN,
            Lane.ROUTINE,
            label.build(),
            body,
            NOW,
            agreement,
            30,
            ReceiveKit.SELF.value()));
    return id;
  }

  private MessageId answers(MessageId request, Body body) {
    return comes(RequestSamples.complete(RequestSamples.answers(request)), body, "test");
  }

  private RequestRecord asked(MessageId request, String agency) {
    return Objects.requireNonNull(
        RequestTable.of(ledger).read(new Name(Side.ASKED, request, agency)), agency);
  }

  /** Nothing of it is kept, and its origin is told why. */
  private void refused(Code code, MessageId answer) {
    assertNull(ledger.inbox().find(answer));
    List<EvidenceItem> told = kit.owed();
    EvidenceItem last = told.get(told.size() - 1);
    assertEquals(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, last.getKind());
    assertEquals(ByteString.copyFrom(answer.bytes()), last.getMessageId());
    assertEquals(code.name(), last.getCode(), last.getReason());
  }

  private static Body hit() {
    return RequestSamples.answer(AnswerResult.ANSWER_RESULT_HIT);
  }

  @Test
  void answer_ofWhomWasAsked_isKept() {
    MessageId request = ask(MEMBER);
    MessageId answer = answers(request, hit());
    assertNotNull(ledger.inbox().find(answer));
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, asked(request, MEMBER).getState());
  }

  @Test
  void answer_ofSomebodyWhoWasNotAsked_isRefused_andTheClockGoesOn() {
    MessageId request = ask("sg.police");
    refused(Code.NOT_ASKED, answers(request, hit()));
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, "sg.police").getState());
    refused(
        Code.NOT_ASKED,
        answers(MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random), hit()));
  }

  @Test
  void answer_withDetailsThatWereNotAskedFor_isRefused_andTheClockGoesOn() {
    MessageId request = ask(MEMBER);
    refused(Code.LABEL_BODY_MISMATCH, answers(request, RequestSamples.details()));
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, MEMBER).getState());
  }

  @Test
  void secondAnswer_isRefused_andTheFirstStands() {
    MessageId request = ask(MEMBER);
    MessageId first = answers(request, RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT));
    refused(Code.ALREADY_ANSWERED, answers(request, hit()));
    assertEquals(ByteString.copyFrom(first.bytes()), asked(request, MEMBER).getAnswerId());
  }

  /** A request whose recipient's gateway refuses it is not waited for. */
  @Test
  void evidenceThatTheRequestWasRefused_endsTheClock_andThatOfAnotherDoesNot() {
    MessageId request = ask(MEMBER);
    MessageId other = ask("sg.police");
    says(request);
    says(other);
    assertEquals(RequestState.REQUEST_STATE_REFUSED, asked(request, MEMBER).getState());
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(other, "sg.police").getState());
  }

  /** What the member asked, as it arrives. */
  private MessageId isAsked() {
    return comes(
        RequestSamples.complete(RequestSamples.asks()),
        RequestSamples.request(Wanted.WANTED_DETAILS, NOW.plus(Duration.ofDays(2))),
        "test");
  }

  private MessageId reminds(MessageId request) {
    Body body =
        Body.newBuilder()
            .setRequest(Request.newBuilder().setReminder(true).setWanted(Wanted.WANTED_DETAILS))
            .build();
    return comes(
        RequestSamples.complete(RequestSamples.asks())
            .setInReplyTo(ByteString.copyFrom(request.bytes())),
        body,
        "test");
  }

  private RequestRecord owed(MessageId request) {
    return Objects.requireNonNull(
        RequestTable.of(ledger).read(new Name(Side.OWED, request, MEMBER)), MEMBER);
  }

  @Test
  void reminder_ofSomebodyElsesRequest_orOfNone_isRefused() {
    MessageId own = ask(MEMBER);
    refused(Code.NOT_ASKED, reminds(own));
    refused(
        Code.NOT_ASKED, reminds(MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random)));
    assertEquals(0, asked(own, MEMBER).getReminders());
  }

  @Test
  void reminders_inAFlood_areKeptFiveTimes_andOpenNoClock() {
    MessageId request = isAsked();
    for (int i = 0; i < 5; i++) {
      assertNotNull(ledger.inbox().find(reminds(request)));
    }
    refused(Code.LIMIT_REACHED, reminds(request));
    assertEquals(5, owed(request).getReminders());
    assertEquals(1, RequestTable.of(ledger).names(Side.OWED, false, null, 10).size());
  }

  @Test
  void reminder_afterTheAnswer_isRefused() {
    MessageId request = isAsked();
    Permitted answer =
        PermittedFixture.permitted(
            MessageId.fresh(ReceiveKit.ORIGIN, NOW.toEpochMilli(), random),
            ReceiveKit.SELF,
            Lane.ROUTINE,
            RequestSamples.complete(RequestSamples.answers(request)).build(),
            hit(),
            NOW,
            "test",
            30,
            MEMBER);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          new ResponseDeadlines(RequestTable.of(ledger), new Meters(), 10_000)
              .sent(tx, new byte[0], answer);
          return request;
        });
    refused(Code.ALREADY_ANSWERED, reminds(request));
    assertEquals(0, owed(request).getReminders());
  }

  private void says(MessageId request) {
    EvidenceItem item =
        kit
            .evidence()
            .item(
                EvidenceKind.EVIDENCE_KIND_NON_DELIVERY,
                request,
                MEMBER,
                new byte[0],
                NOW.toEpochMilli())
            .toBuilder()
            .setAgency(MEMBER)
            .setCode(Code.INGRESS_REFUSED.name())
            .build();
    comes(
        Label.newBuilder().setKind(Kind.KIND_EVIDENCE),
        Body.newBuilder().setEvidence(EvidenceBatch.newBuilder().addItems(item)).build(),
        "evidence");
  }
}
