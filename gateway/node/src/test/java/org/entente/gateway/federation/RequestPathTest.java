package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RequestSide;
import org.entente.proto.v1.RequestStatus;
import org.entente.proto.v1.RequestsGrpc;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One agency asks, the other answers, and both know how long it took and what is overdue. */
class RequestPathTest {
  private static final Duration STEP = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Comparator<ByteString> ORDER =
      ByteString.unsignedLexicographicalComparator();

  @RegisterExtension final RunningFederation federation = new RunningFederation(FR, DE);
  private int drafts;

  private MessageId publish(String from, Label.Builder label, Body body, String to) {
    drafts++;
    label.setCategory(Category.CATEGORY_PUBLIC_WARNING).setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY);
    return federation.accepted(
        from, RequestSamples.draft("request-" + drafts, label, body, to).build());
  }

  private MessageId ask() {
    return publish(
        FR,
        RequestSamples.asks().setCaseRef("12/26"),
        RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, federation.clock.instant().plus(HOUR)),
        DE);
  }

  private void answer(MessageId request, AnswerResult result) {
    publish(DE, RequestSamples.answers(request), RequestSamples.answer(result), FR);
  }

  private ListRequestsResponse page(String agency, ListRequestsRequest.Builder request) {
    return RequestsGrpc.newBlockingStub(federation.channel(agency)).listRequests(request.build());
  }

  private static ListRequestsRequest.Builder all(RequestSide side) {
    return ListRequestsRequest.newBuilder().setSide(side);
  }

  private ListedRequest listed(String agency, RequestSide side, MessageId id) {
    List<ListedRequest> found =
        page(agency, all(side)).getRequestsList().stream()
            .filter(one -> one.getRequestId().equals(ByteString.copyFrom(id.bytes())))
            .toList();
    assertEquals(1, found.size(), found.toString());
    return found.get(0);
  }

  private double figure(String agency, String name, String side, String other) {
    return federation.metric(agency, name + "{side=\"" + side + "\",agency=\"" + other + "\",}");
  }

  private String overdue() {
    return figure(FR, "entente_requests_overdue", "asked", DE)
        + " "
        + figure(DE, "entente_requests_overdue", "owed", FR);
  }

  @Test
  void request_isAnswered_andListedAtBothEndsWithItsTime() {
    MessageId request = ask();
    Delivery delivery = federation.receive(DE, 1).get(0);
    assertEquals("Is this container known to you?", delivery.getBody().getRequest().getQuestion());
    ListedRequest owed = listed(DE, RequestSide.REQUEST_SIDE_OWED, request);
    assertEquals(RequestStatus.REQUEST_STATUS_OPEN, owed.getStatus());
    assertEquals(FR, owed.getAgency());
    assertEquals(Category.CATEGORY_PUBLIC_WARNING, owed.getCategory());
    assertEquals("", owed.getCaseRef());
    assertEquals(1.0, figure(FR, "entente_requests_open", "asked", DE));
    federation.pass(STEP.multipliedBy(2), STEP);
    answer(request, AnswerResult.ANSWER_RESULT_HIT);
    Delivery hit = federation.receive(FR, 1).get(0);
    assertEquals(AnswerResult.ANSWER_RESULT_HIT, hit.getBody().getAnswer().getResult());
    assertEquals(ByteString.copyFrom(request.bytes()), hit.getLabel().getInReplyTo());
    ListedRequest asked = listed(FR, RequestSide.REQUEST_SIDE_ASKED, request);
    assertEquals(RequestStatus.REQUEST_STATUS_ANSWERED, asked.getStatus());
    assertEquals(hit.getLabel().getMessageId(), asked.getAnswerId());
    assertEquals("12/26", asked.getCaseRef());
    assertFalse(asked.getOverdue());
    assertTrue(
        Durations.toSeconds(Timestamps.between(asked.getAskedAt(), asked.getAnsweredAt()))
            >= STEP.toSeconds() * 2,
        asked.toString());
    assertEquals(
        RequestStatus.REQUEST_STATUS_ANSWERED,
        listed(DE, RequestSide.REQUEST_SIDE_OWED, request).getStatus());
    assertEquals(0.0, figure(FR, "entente_requests_open", "asked", DE));
    assertEquals(1.0, figure(FR, "entente_request_answer_seconds_count", "asked", DE));
    assertEquals(1.0, figure(DE, "entente_request_answer_seconds_count", "owed", FR));
  }

  @Test
  void request_thatNobodyAnswersInTime_isOverdueAtBothEnds_alsoAfterARestart_untilItIsAnswered() {
    MessageId request = ask();
    federation.receive(DE, 1);
    assertEquals("0.0 0.0", overdue());
    federation.pass(HOUR.plus(STEP), STEP);
    federation.await("it is overdue", () -> overdue().equals("1.0 1.0"));
    federation.stop(FR);
    federation.start(FR);
    assertEquals("1.0 1.0", overdue());
    List<ListedRequest> late =
        page(FR, all(RequestSide.REQUEST_SIDE_ASKED).setOverdue(true)).getRequestsList();
    assertEquals(1, late.size());
    answer(request, AnswerResult.ANSWER_RESULT_NO_HIT);
    federation.receive(FR, 1);
    assertEquals("0.0 0.0", overdue());
    ListedRequest asked = listed(FR, RequestSide.REQUEST_SIDE_ASKED, request);
    assertEquals(RequestStatus.REQUEST_STATUS_ANSWERED, asked.getStatus());
    assertTrue(asked.getOverdue());
  }

  @Test
  void request_isFoundByItsId_atBothEnds() {
    List<MessageId> ids = List.of(ask(), ask(), ask());
    federation.await(
        "they arrive", () -> page(DE, all(RequestSide.REQUEST_SIDE_OWED)).getRequestsCount() == 3);
    for (MessageId id : ids) {
      ByteString wanted = ByteString.copyFrom(id.bytes());
      for (ListRequestsResponse page :
          List.of(
              page(FR, all(RequestSide.REQUEST_SIDE_ASKED).setRequestId(wanted)),
              page(DE, all(RequestSide.REQUEST_SIDE_OWED).setRequestId(wanted)))) {
        assertEquals(
            List.of(wanted),
            page.getRequestsList().stream().map(ListedRequest::getRequestId).toList());
        assertEquals("", page.getNextPageToken());
      }
    }
    ByteString unknown = ByteString.copyFrom(new byte[16]);
    assertEquals(
        0, page(FR, all(RequestSide.REQUEST_SIDE_ASKED).setRequestId(unknown)).getRequestsCount());
  }

  @Test
  void pages_goOnWhereTheLastEnded_andNamesOfPagesThatWereNeverGivenAreRefused() {
    List<MessageId> ids = List.of(ask(), ask(), ask());
    ListRequestsRequest.Builder request = all(RequestSide.REQUEST_SIDE_ASKED).setPageSize(2);
    ListRequestsResponse first = page(FR, request);
    assertEquals(2, first.getRequestsCount());
    ListRequestsResponse rest = page(FR, request.setPageToken(first.getNextPageToken()));
    assertEquals(1, rest.getRequestsCount());
    assertEquals("", rest.getNextPageToken());
    assertEquals(
        ids.stream().map(id -> ByteString.copyFrom(id.bytes())).sorted(ORDER).toList(),
        Stream.of(first, rest)
            .flatMap(page -> page.getRequestsList().stream())
            .map(ListedRequest::getRequestId)
            .toList());
    for (String token : List.of("x", "00:fr", ids.get(0) + ":\u0007")) {
      assertThrows(
          StatusRuntimeException.class,
          () -> page(FR, all(RequestSide.REQUEST_SIDE_ASKED).setPageToken(token)),
          token);
    }
  }

  /** The alerts name the metrics that the exporter has. */
  @Test
  void alertRules_nameTheMetricsOfRequests() throws IOException {
    String rules = Files.readString(Path.of("..", "..", "config", "prometheus", "alerts.yaml"));
    for (String side : List.of("owed", "asked")) {
      assertTrue(rules.contains("entente_requests_overdue{side=\"" + side + "\"} > 0"), side);
      assertEquals(0.0, figure(FR, "entente_requests_overdue", side, DE));
    }
  }
}
