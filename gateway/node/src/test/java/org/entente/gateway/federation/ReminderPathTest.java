package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.FollowRemindersRequest;
import org.entente.proto.v1.FollowRemindersResponse;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RemindRequest;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who owes an answer is reminded: by its own gateway as time passes, and by who asked. */
class ReminderPathTest {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Duration TEN_HOURS = Duration.ofHours(10);

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private int drafts;

  private Outcome publish(String from, Label.Builder label, Body body, String to) {
    drafts++;
    label.setCategory(Category.CATEGORY_PUBLIC_WARNING).setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    Draft draft = RequestSamples.draft("draft-" + drafts, label, body, to).build();
    return federation.publish(from, draft);
  }

  private MessageId ask() {
    Body request =
        RequestSamples.request(
            Wanted.WANTED_HIT_NO_HIT, federation.clock.instant().plus(TEN_HOURS));
    Outcome outcome = publish(FR, RequestSamples.asks().setCaseRef("12/26"), request, DE);
    assertTrue(outcome.hasAccepted(), outcome.toString());
    federation.receive(DE, 1);
    federation.doChores();
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private RequestsGrpc.RequestsBlockingStub calls(String agency) {
    return RequestsGrpc.newBlockingStub(federation.channel(agency));
  }

  private static RemindRequest.Builder reminder(MessageId request) {
    return RemindRequest.newBuilder()
        .setRequestId(ByteString.copyFrom(request.bytes()))
        .setOnBehalfOf(RequestSamples.PERSON);
  }

  private List<Outcome> remind(MessageId request) {
    return calls(FR)
        .remind(reminder(request).setText("The ship sails today.").setLanguage("en").build())
        .getOutcomesList();
  }

  private void refused(String code, RemindRequest.Builder request) {
    StatusRuntimeException refusal =
        assertThrows(StatusRuntimeException.class, () -> calls(FR).remind(request.build()));
    assertTrue(String.valueOf(refusal.getMessage()).contains(code), refusal.toString());
  }

  private ListedRequest listed(String agency, RequestSide side) {
    List<ListedRequest> found =
        calls(agency)
            .listRequests(ListRequestsRequest.newBuilder().setSide(side).build())
            .getRequestsList();
    assertEquals(1, found.size(), found.toString());
    return found.get(0);
  }

  private Iterator<FollowRemindersResponse> reminders(boolean follow) {
    return calls(DE).followReminders(FollowRemindersRequest.newBuilder().setFollow(follow).build());
  }

  private double counted(String cause) {
    return federation.metric(
        DE, "entente_request_reminders_total{cause=\"" + cause + "\",agency=\"" + FR + "\",}");
  }

  @Test
  void requestThatNearsItsTime_isReminded_onTheStreamInTheListAndInFigures_alsoAfterARestart() {
    ask();
    assertFalse(reminders(false).hasNext());
    Iterator<FollowRemindersResponse> stream = reminders(true);
    federation.pass(TEN_HOURS.dividedBy(2), STEP);
    federation.await(
        "half", () -> listed(DE, RequestSide.REQUEST_SIDE_OWED).getNoticedPercent() == 50);
    assertEquals(50, stream.next().getRequest().getNoticedPercent());
    assertEquals(1.0, counted("near"));
    federation.stop(DE);
    federation.start(DE);
    assertEquals(50, reminders(false).next().getRequest().getNoticedPercent());
    stream = reminders(true);
    assertEquals(50, stream.next().getRequest().getNoticedPercent(), "what stands comes first");
    federation.pass(TEN_HOURS.dividedBy(2), STEP);
    federation.await("all of it", () -> counted("overdue") == 1.0);
    // Each is told as it stands when it is told; two that come together may both say the later.
    int percent = stream.next().getRequest().getNoticedPercent();
    assertTrue(percent >= 90, percent + " %");
    assertEquals(100, stream.next().getRequest().getNoticedPercent());
    publish(
        DE,
        RequestSamples.answers(
            MessageId.of(listed(DE, RequestSide.REQUEST_SIDE_OWED).getRequestId().toByteArray())),
        RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT),
        FR);
    assertFalse(reminders(false).hasNext());
  }

  @Test
  void asker_reminds_whoOwesAnAnswer_andBothClocksSaySo() {
    MessageId request = ask();
    assertTrue(remind(request).get(0).hasAccepted());
    Delivery delivery = federation.receive(DE, 1).get(0);
    assertTrue(delivery.getBody().getRequest().getReminder());
    assertEquals("The ship sails today.", delivery.getBody().getRequest().getQuestion());
    assertEquals(ByteString.copyFrom(request.bytes()), delivery.getLabel().getInReplyTo());
    assertEquals(Category.CATEGORY_PUBLIC_WARNING, delivery.getLabel().getCategory());
    assertEquals(1, listed(DE, RequestSide.REQUEST_SIDE_OWED).getReminders());
    assertEquals(1, listed(FR, RequestSide.REQUEST_SIDE_ASKED).getReminders());
    assertEquals(1, reminders(false).next().getRequest().getReminders());
    assertEquals(1.0, counted("asked_again"));
  }

  @Test
  void reminders_inAFlood_areHeldToOneAnHourAndFive_alsoOverARestart() {
    MessageId request = ask();
    for (int i = 0; i < 5; i++) {
      assertTrue(remind(request).get(0).hasAccepted(), "reminder " + i);
      refused(i == 4 ? "LIMIT_REACHED" : "DEADLINE_RUNS", reminder(request));
      if (i == 2) {
        federation.stop(FR);
        federation.start(FR);
        refused("DEADLINE_RUNS", reminder(request));
      }
      federation.pass(Duration.ofHours(1), STEP);
    }
    refused("LIMIT_REACHED", reminder(request));
    assertEquals(5, federation.receive(DE, 5).size());
  }

  @Test
  void reminder_thatReachesNobodyWhoOwesAnAnswer_isRefused_withoutAMessage() {
    MessageId request = ask();
    refused("NOT_FOUND", reminder(MessageId.parse("00".repeat(16))));
    refused("NOT_FOUND", reminder(request).addAgencies("sg.police"));
    refused("INVALID_FIELD", reminder(request).setRequestId(ByteString.copyFromUtf8("short")));
    refused("INVALID_FIELD", reminder(request).setOnBehalfOf(OnBehalfOf.getDefaultInstance()));
    refused("INVALID_FIELD", reminder(request).setText("x".repeat(4_001)).setLanguage("en"));
    refused("INVALID_FIELD", reminder(request).setText("without a language"));
    publish(
        DE,
        RequestSamples.answers(request),
        RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT),
        FR);
    federation.receive(FR, 1);
    refused("ALREADY_ANSWERED", reminder(request));
    refused("ALREADY_ANSWERED", reminder(request).addAgencies(DE));
    assertEquals(0, listed(FR, RequestSide.REQUEST_SIDE_ASKED).getReminders());
  }

  /** A reminder that a client makes itself is held to the same. */
  @Test
  void draftOfAReminder_thatAsksAnew_orOfNothing_isRefused() {
    MessageId request = ask();
    Request.Builder reminder =
        Request.newBuilder().setReminder(true).setWanted(Wanted.WANTED_HIT_NO_HIT);
    refused("label.in_reply_to", RequestSamples.asks(), reminder.build());
    Label.Builder about = RequestSamples.asks().setInReplyTo(ByteString.copyFrom(request.bytes()));
    refused(
        "body.request.answer_by",
        about,
        reminder.build().toBuilder()
            .setAnswerBy(
                com.google.protobuf.util.Timestamps.fromMillis(
                    federation.clock.millis() + 9_000_000))
            .build());
    refused(
        "body.request.wanted",
        about,
        reminder.build().toBuilder().setWanted(Wanted.WANTED_DETAILS).build());
    assertTrue(
        publish(FR, about, Body.newBuilder().setRequest(reminder).build(), DE).hasAccepted());
  }

  private void refused(String field, Label.Builder label, Request request) {
    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () -> publish(FR, label, Body.newBuilder().setRequest(request).build(), DE));
    assertTrue(String.valueOf(refusal.getMessage()).contains(field), refusal.toString());
  }
}
