package org.entente.gateway.feature.request;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.testkit.IntakeKit;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Verdict;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of {@code fr.customs}, over a real ledger, policy and sealing. */
class ResponseCorrelationTest {
  private static final NodeName CLIENT = new NodeName("desk");
  private static final NodeName SUPERVISOR = new NodeName("supervisor");
  private static final String SG = "sg.police";
  private static final String DE = "de.customs";

  private final SecureRandom random = new SecureRandom();
  private final Map<MessageId, Label> received = new HashMap<>();
  private final Ledger ledger =
      QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), () -> NOW);

  @AutoClose("closeWithLedger")
  private final IntakeKit kit;

  private volatile boolean policyFails;
  private int drafts;

  ResponseCorrelationTest(@TempDir Path folder) {
    Policy policy =
        PolicyFixture.policy(
            folder,
            Map.of(
                "sample.yaml",
                PolicyFixture.sample("kinds: [ALERT]", "kinds: [ALERT, REQUEST, ANSWER]"),
                "eyes.yaml",
                PolicyFixture.sample(
                    "id: sample",
                    "id: eyes",
                    "kinds: [ALERT]",
                    "kinds: [ALERT, REQUEST, ANSWER]",
                    "agency: sg.police",
                    "agency: de.customs",
                    "onward_transfer: NONE",
                    "onward_transfer: NONE\n  four_eyes: true")));
    kit =
        new IntakeKit(
            ledger,
            new RecordSeal(new MemoryStorageKeys(), random),
            () -> inForce(policy),
            () -> NOW,
            SecretBytes.random(random, 32),
            /* mostHeld= */ 9);
    kit.receives(id -> Optional.ofNullable(received.get(id)));
  }

  private Policy inForce(Policy policy) {
    if (policyFails) {
      throw new IllegalStateException("no policy can be read");
    }
    return policy;
  }

  /** What the reception of a request leaves behind. */
  private MessageId receive(String from, Wanted wanted) {
    MessageId id = MessageId.fresh(NOW.toEpochMilli(), random);
    Label label =
        RequestSamples.complete(RequestSamples.asks())
            .setMessageId(ByteString.copyFrom(id.bytes()))
            .setOrigin(from)
            .build();
    Body body = RequestSamples.request(wanted, NOW.plus(Duration.ofDays(2)));
    received.put(id, label);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          new ResponseDeadlines(RequestTable.of(ledger), new Meters(), 10_000)
              .received(tx, new AgencyName(from), label, body);
          return id;
        });
    return id;
  }

  private CompletableFuture<Outcome> publish(Draft.Builder draft) {
    drafts++;
    return kit.intake().publish(CLIENT, draft.setIdempotencyKey("draft-" + drafts).build());
  }

  private static Draft.Builder answer(MessageId request, Body body, String to) {
    return RequestSamples.draft("k", RequestSamples.answers(request), body, to);
  }

  private static Body result(AnswerResult result) {
    return RequestSamples.answer(result);
  }

  private RequestRecord owed(MessageId request, String agency) {
    return Objects.requireNonNull(
        RequestTable.of(ledger).read(new Name(Side.OWED, request, agency)), agency);
  }

  private void refused(Code code, String field, Draft.Builder draft) {
    Outcome outcome = publish(draft).join();
    assertTrue(outcome.hasInvalid(), outcome.toString());
    assertEquals(code.name() + " " + field, words(outcome));
  }

  private static String words(Outcome outcome) {
    return outcome.getInvalid().getCode() + " " + outcome.getInvalid().getField();
  }

  @Test
  void answer_toARequestThatIsHere_goes_andEndsItsClock() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    Outcome outcome =
        publish(answer(request, result(AnswerResult.ANSWER_RESULT_NO_HIT), SG)).join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, owed(request, SG).getState());
    assertEquals(outcome.getMessageId(), owed(request, SG).getAnswerId());
  }

  @Test
  void request_thatIsSent_isKept_forEachWhoIsAsked() {
    Outcome outcome =
        publish(
                RequestSamples.draft(
                    "k",
                    RequestSamples.asks(),
                    RequestSamples.request(Wanted.WANTED_DETAILS, NOW.plusSeconds(60)),
                    SG))
            .join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    MessageId id = MessageId.of(outcome.getMessageId().toByteArray());
    RequestRecord asked = RequestTable.of(ledger).read(new Name(Side.ASKED, id, SG));
    assertEquals(NOW.plusSeconds(60).toEpochMilli(), asked == null ? 0 : asked.getAnswerByMs());
    assertNull(RequestTable.of(ledger).read(new Name(Side.ASKED, id, DE)));
  }

  @Test
  void answer_toARequestThatWasNeverReceived_isInvalid() {
    MessageId unknown = MessageId.fresh(NOW.toEpochMilli(), random);
    Draft.Builder answer = answer(unknown, result(AnswerResult.ANSWER_RESULT_HIT), SG);
    refused(Code.NOT_FOUND, "label.in_reply_to", answer);
  }

  @Test
  void answer_toAMessageThatIsNoRequest_orToOneThatIsGone_isInvalid() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    received.computeIfPresent(
        request, (id, label) -> label.toBuilder().setKind(Kind.KIND_ALERT).build());
    Draft.Builder answer = answer(request, result(AnswerResult.ANSWER_RESULT_HIT), SG);
    refused(Code.NOT_FOUND, "label.in_reply_to", answer);
    received.clear();
    refused(Code.NOT_FOUND, "label.in_reply_to", answer);
  }

  @Test
  void answer_toAnybodyButTheAgencyThatAsked_isInvalid() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    Body hit = result(AnswerResult.ANSWER_RESULT_HIT);
    refused(Code.INVALID_FIELD, "to", answer(request, hit, DE));
    Draft.Builder both = answer(request, hit, SG);
    both.getToBuilder().addAgencies(DE);
    refused(Code.INVALID_FIELD, "to", both);
    Draft.Builder all = answer(request, hit, SG);
    all.getToBuilder().setWhomAgreementsAllow(true);
    refused(Code.INVALID_FIELD, "to", all);
    Draft.Builder state = answer(request, hit, SG);
    state.getToBuilder().addJurisdictions("SG");
    refused(Code.INVALID_FIELD, "to", state);
  }

  @Test
  void details_whereItWasAskedWhetherAnythingIsKnown_areRefused_andWithDetailsAskedGo() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    refused(Code.LABEL_BODY_MISMATCH, "body.answer", answer(request, RequestSamples.details(), SG));
    MessageId followUp = receive(SG, Wanted.WANTED_DETAILS);
    Outcome outcome = publish(answer(followUp, RequestSamples.details(), SG)).join();
    assertTrue(outcome.hasAccepted(), outcome.toString());
  }

  @Test
  void answer_aboutSomethingElse_orForSomethingElse_orHidingPersonalData_isRefused() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    Body hit = result(AnswerResult.ANSWER_RESULT_HIT);
    Draft.Builder draft = answer(request, hit, SG);
    draft.getLabelBuilder().setCategory(Category.CATEGORY_CASH);
    refused(Code.LABEL_BODY_MISMATCH, "label.category", draft);
    draft = answer(request, hit, SG);
    draft.getLabelBuilder().setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL);
    refused(Code.LABEL_BODY_MISMATCH, "label.purpose", draft);
    draft = answer(request, hit, SG);
    draft.getLabelBuilder().setStatus(Status.STATUS_EXERCISE);
    refused(Code.LABEL_BODY_MISMATCH, "label.status", draft);
    received.computeIfPresent(
        request, (id, label) -> label.toBuilder().setPersonalData(true).build());
    refused(Code.LABEL_BODY_MISMATCH, "label.personal_data", answer(request, hit, SG));
  }

  @Test
  void secondAnswer_isRefused_unlessItCorrects() {
    MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
    publish(answer(request, result(AnswerResult.ANSWER_RESULT_LATER), SG)).join();
    publish(answer(request, result(AnswerResult.ANSWER_RESULT_NO_HIT), SG)).join();
    Draft.Builder second = answer(request, result(AnswerResult.ANSWER_RESULT_HIT), SG);
    refused(Code.ALREADY_ANSWERED, "label.in_reply_to", second);
    second.getLabelBuilder().setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
    assertTrue(publish(second).join().hasAccepted());
    Draft.Builder back = answer(request, result(AnswerResult.ANSWER_RESULT_LATER), SG);
    back.getLabelBuilder().setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
    refused(Code.ALREADY_ANSWERED, "label.in_reply_to", back);
  }

  @Test
  void answersThatComeAtOnce_areNeverTwo() {
    for (int round = 0; round < 20; round++) {
      MessageId request = receive(SG, Wanted.WANTED_HIT_NO_HIT);
      CompletableFuture<Outcome> one =
          publish(answer(request, result(AnswerResult.ANSWER_RESULT_HIT), SG));
      CompletableFuture<Outcome> two =
          publish(answer(request, result(AnswerResult.ANSWER_RESULT_NO_HIT), SG));
      assertTrue(one.join().hasAccepted(), one.join().toString());
      assertTrue(
          words(two.join()).matches("(OVERLOADED|ALREADY_ANSWERED) label.in_reply_to"),
          words(two.join()));
    }
  }

  /** What waits for a second person is held against what was answered meanwhile. */
  @Test
  void heldAnswers_areReleasedOnce() {
    MessageId request = receive(DE, Wanted.WANTED_HIT_NO_HIT);
    Outcome one = publish(answer(request, result(AnswerResult.ANSWER_RESULT_HIT), DE)).join();
    Outcome two = publish(answer(request, result(AnswerResult.ANSWER_RESULT_NO_HIT), DE)).join();
    assertTrue(one.hasHeld() && two.hasHeld(), one + " " + two);
    assertEquals(RequestState.REQUEST_STATE_OPEN, owed(request, DE).getState());
    assertTrue(release(one).hasAccepted());
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, owed(request, DE).getState());
    assertEquals(
        List.of(Code.ALREADY_ANSWERED.name()),
        release(two).getRefused().getRefusalsList().stream().map(r -> r.getCode()).toList());
  }

  /** Another client whose answer is in progress must not end a draft that waits. */
  @Test
  void heldAnswer_thatMeetsAnotherInProgress_goesOnWaiting() {
    MessageId request = receive(DE, Wanted.WANTED_HIT_NO_HIT);
    Outcome one = publish(answer(request, result(AnswerResult.ANSWER_RESULT_HIT), DE)).join();
    Outcome two = publish(answer(request, result(AnswerResult.ANSWER_RESULT_NO_HIT), DE)).join();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    var unused =
        ledger.write(
            Lane.FLASH,
            tx -> {
              begun.countDown();
              return await(held);
            });
    assertTrue(await(begun));
    CompletableFuture<Outcome> first = releasing(one);
    Outcome met = releasing(two).join();
    assertEquals("OVERLOADED label.in_reply_to", words(met));
    held.countDown();
    assertTrue(first.join().hasAccepted());
    assertEquals(
        List.of(Code.ALREADY_ANSWERED.name()),
        release(two).getRefused().getRefusalsList().stream().map(r -> r.getCode()).toList());
  }

  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void releaseThatFails_leavesItsRequestToTheNext() {
    MessageId request = receive(DE, Wanted.WANTED_HIT_NO_HIT);
    Outcome held = publish(answer(request, result(AnswerResult.ANSWER_RESULT_HIT), DE)).join();
    assertTrue(held.hasHeld());
    policyFails = true;
    assertThrows(CompletionException.class, () -> release(held));
    policyFails = false;
    assertTrue(release(held).hasAccepted());
  }

  private Outcome release(Outcome held) {
    return releasing(held).join();
  }

  private CompletableFuture<Outcome> releasing(Outcome held) {
    return kit.releases()
        .decide(
            SUPERVISOR,
            MessageId.of(held.getMessageId().toByteArray()),
            Verdict.VERDICT_RELEASE,
            OnBehalfOf.newBuilder().setOfficer("FR-2").setJustification("read").build());
  }
}
