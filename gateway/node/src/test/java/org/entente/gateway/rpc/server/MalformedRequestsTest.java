package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.rpc.Edge;
import org.entente.gateway.rpc.EveryCallTest;
import org.entente.gateway.rpc.PeerServer;
import org.entente.gateway.rpc.Refusals;
import org.entente.gateway.rpc.ServerBackend;
import org.entente.gateway.rpc.StreamAnswers;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublishResponse;
import org.entente.proto.v1.PublishStreamRequest;
import org.entente.proto.v1.PublishStreamResponse;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Requests that cannot be parsed, at both ports: threats 88 and 89. */
class MalformedRequestsTest {
  /** Stands in a text for bytes that are not UTF-8. */
  private static final String BAD = "BAD-BYTES";

  /** A field of 127 bytes that end after one: no message of any type. */
  private static final byte[] CUT = {0x0a, 0x7f, 0};

  private final Edge edge = new Edge();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger log = (Logger) LoggerFactory.getLogger(MalformedRequests.class);

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void stop() {
    log.detachAppender(lines);
    edge.close();
  }

  /** Sends bytes as they are. */
  private static final class ByteMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static <A> MethodDescriptor<byte[], A> raw(MethodDescriptor<?, A> method) {
    return method.toBuilder(new ByteMarshaller(), method.getResponseMarshaller()).build();
  }

  private static byte[] bytes(MessageLite message) {
    byte[] bytes = message.toByteArray();
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(BAD);
    if (at >= 0) {
      bytes[at] = (byte) 0xff;
    }
    return bytes;
  }

  /** A request of a stream with these drafts. */
  private static byte[] together(Draft... drafts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    try {
      for (Draft draft : drafts) {
        coded.writeByteArray(1, bytes(draft));
      }
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static Draft.Builder draft(String key) {
    return Draft.newBuilder().setIdempotencyKey(key);
  }

  private static Draft good(String key) {
    return draft(key).build();
  }

  private static Draft bad(String key) {
    return draft(key).setLabel(Label.newBuilder().setCaseRef(BAD)).build();
  }

  private ManagedChannel client(String name) throws IOException {
    return edge.channel(edge.startClients().address(), edge.client(name));
  }

  private static StreamObserver<byte[]> stream(
      ManagedChannel channel, StreamAnswers<PublishStreamResponse> answers) {
    return ClientCalls.asyncBidiStreamingCall(
        channel.newCall(raw(PublisherGrpc.getPublishStreamMethod()), CallOptions.DEFAULT), answers);
  }

  /** Waits for a number of outcomes; each as key, code and field. */
  private static Map<String, String> outcomes(
      StreamAnswers<PublishStreamResponse> answers, int count) throws InterruptedException {
    List<Outcome> outcomes = new ArrayList<>();
    while (outcomes.size() < count) {
      outcomes.addAll(answers.next().getOutcomesList());
    }
    Map<String, String> words = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      words.put(
          outcome.getIdempotencyKey(),
          outcome.hasAccepted()
              ? "accepted"
              : outcome.getInvalid().getCode() + " " + outcome.getInvalid().getField());
    }
    return words;
  }

  @Test
  void draftThatIsNotUtf8_isAnsweredUnderItsKey_andTheStreamGoesOn() throws Exception {
    CompletableFuture<Outcome> first = new CompletableFuture<>();
    edge.behind.intake =
        (caller, draft) ->
            draft.getIdempotencyKey().equals("k1")
                ? first
                : CompletableFuture.completedFuture(ServerBackend.accepted(draft));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(client("publisher"), answers);
    drafts.onNext(together(good("k1")));
    drafts.onNext(together(good("k2"), bad("k3"), good("k4")));
    assertEquals(
        "{k2=accepted, k3=INVALID_FIELD label.case_ref, k4=accepted}",
        outcomes(answers, 3).toString());
    first.complete(ServerBackend.accepted(good("k1")));
    assertEquals("{k1=accepted}", outcomes(answers, 1).toString());
    drafts.onNext(together(good("k5")));
    assertEquals("{k5=accepted}", outcomes(answers, 1).toString());
    drafts.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
  }

  @Test
  void draftWhoseKeyCannotBeRead_andRequestThatIsNone_areAnsweredWithoutKey() throws Exception {
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(client("publisher"), answers);
    drafts.onNext(together(bad(BAD)));
    assertEquals("{=INVALID_FIELD idempotency_key}", outcomes(answers, 1).toString());
    drafts.onNext(CUT);
    assertEquals("{=INVALID_FIELD drafts[0]}", outcomes(answers, 1).toString());
    drafts.onNext(together(good("k1")));
    assertEquals("{k1=accepted}", outcomes(answers, 1).toString());
    drafts.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
  }

  @Test
  void text_withinListsAndMaps_isNamedByItsPath() throws Exception {
    Alert.Builder alert =
        Alert.newBuilder()
            .addTexts(AlertText.newBuilder().setHeadline("good"))
            .addTexts(AlertText.newBuilder().setHeadline(BAD));
    Alert.Builder extra = Alert.newBuilder().putExtra("a", "good").putExtra("b", BAD);
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(client("publisher"), answers);
    drafts.onNext(
        together(
            draft("k1").setBody(Body.newBuilder().setAlert(alert)).build(),
            draft("k2").setBody(Body.newBuilder().setAlert(extra)).build()));
    assertEquals(
        "{k1=INVALID_FIELD body.alert.texts[1].headline,"
            + " k2=INVALID_FIELD body.alert.extra[1].value}",
        outcomes(answers, 2).toString());
  }

  private static Refusals.Details refused(ManagedChannel channel, byte[] request) {
    MethodDescriptor<byte[], ?> publish = raw(PublisherGrpc.getPublishMethod());
    return Refusals.of(
        assertThrows(
            StatusRuntimeException.class,
            () -> ClientCalls.blockingUnaryCall(channel, publish, CallOptions.DEFAULT, request)));
  }

  @Test
  void publish_ofTextThatIsNotUtf8_isAnErrorThatNamesTheField() throws Exception {
    Refusals.Details details =
        refused(
            client("publisher"), bytes(PublishRequest.newBuilder().setDraft(bad("k1")).build()));
    assertEquals(Status.Code.INVALID_ARGUMENT, details.status());
    assertEquals("INVALID_FIELD", details.reason());
    assertEquals("draft.label.case_ref", details.field());
    assertEquals("CLIENT", details.whoMustAct());
    assertEquals("INVALID_FIELD: draft.label.case_ref: is not valid UTF-8", details.message());
  }

  @Test
  void everyCall_withARequestThatIsCutShort_isAnErrorWithDetails() throws Exception {
    InetSocketAddress address = edge.startClients().address();
    ManagedChannel officers = edge.channel(address, edge.client("all"));
    ManagedChannel holders = edge.channel(address, edge.client("holder"));
    Map<String, String> expected = new TreeMap<>();
    Map<String, String> seen = new TreeMap<>();
    for (var call : EveryCallTest.calls().entrySet()) {
      if (call.getKey().equals("Publisher.PublishStream")) {
        continue;
      }
      expected.put(call.getKey(), "INVALID_ARGUMENT INVALID_FIELD");
      ManagedChannel channel =
          EveryCallTest.opens(call.getKey()).equals(Set.of(Scope.RIGHTS_HOLDER))
              ? holders
              : officers;
      StreamAnswers<byte[]> answers = new StreamAnswers<>();
      StreamObserver<byte[]> requests =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(
                  MethodDescriptor.<byte[], byte[]>newBuilder()
                      .setType(MethodType.BIDI_STREAMING)
                      .setFullMethodName(
                          MethodDescriptor.generateFullMethodName(
                              call.getValue().getService().getFullName(),
                              call.getValue().getName()))
                      .setRequestMarshaller(new ByteMarshaller())
                      .setResponseMarshaller(new ByteMarshaller())
                      .build(),
                  CallOptions.DEFAULT),
              answers);
      requests.onNext(CUT);
      requests.onCompleted();
      Refusals.Details details = Refusals.of(answers.end());
      seen.put(call.getKey(), details.status() + " " + details.reason());
    }
    assertEquals(expected, seen);
  }

  @Test
  void malformedCallsAndDrafts_areCounted_andDoNotFillTheLog() throws Exception {
    ManagedChannel channel = client("publisher");
    int each = 150;
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(channel, answers);
    for (int i = 0; i < each; i++) {
      assertEquals("INVALID_FIELD", refused(channel, CUT).reason());
      drafts.onNext(together(bad("k" + i)));
    }
    drafts.onCompleted();
    assertEquals(each, outcomes(answers, each).size());
    assertEquals(Status.Code.OK, answers.code());
    String metrics = edge.meters.text();
    for (String metric :
        List.of(
            "entente_malformed_requests_total{side=\"client\",} ",
            "entente_refused_total{side=\"client\",code=\"INVALID_FIELD\",} ")) {
      assertTrue(metrics.contains(metric + 2.0 * each), metrics);
    }
    assertTrue(lines.list.size() < each / 10, lines.list.size() + " lines");
    for (ILoggingEvent line : lines.list) {
      assertNull(line.getThrowableProxy());
    }
    String first = lines.list.get(0).getFormattedMessage();
    assertTrue(
        first.startsWith(
            "malformed request of the client publisher to entente.v1.Publisher/Publish, refused: "),
        first);
  }

  /** Threat 89, by a member: one agency has one line, whatever its gateways are called. */
  @Test
  void frameOfAPeer_thatIsNotUtf8_endsItsStreamWithDetails_andIsOneLineForItsAgency()
      throws Exception {
    PeerServer server = edge.startPeers();
    ExchangeRequest request =
        ExchangeRequest.newBuilder()
            .setFrame(Frame.newBuilder().setHello(Hello.newBuilder().setAgency(BAD)))
            .build();
    int gateways = 5;
    for (int i = 0; i < gateways; i++) {
      ManagedChannel channel =
          edge.channel(server.address(), edge.holder("de.customs", "de.customs/gateway/gw-" + i));
      StreamAnswers<ExchangeResponse> answers = new StreamAnswers<>();
      StreamObserver<byte[]> frames =
          ClientCalls.asyncBidiStreamingCall(
              channel.newCall(raw(LinkServiceGrpc.getExchangeMethod()), CallOptions.DEFAULT),
              answers);
      frames.onNext(bytes(request));
      Refusals.Details details = Refusals.of(answers.end());
      assertEquals(Status.Code.INVALID_ARGUMENT, details.status());
      assertEquals("MALFORMED", details.reason());
    }
    String metric = "entente_malformed_requests_total{side=\"peer\",} " + (double) gateways;
    assertTrue(edge.meters.text().contains(metric));
    assertTrue(lines.list.size() < gateways, lines.list.toString());
    String first = lines.list.get(0).getFormattedMessage();
    assertTrue(first.startsWith("malformed request of the peer de.customs to "), first);
  }

  /** Empty elements of a list, in two bytes each, inside a message at each of these fields. */
  private static byte[] elements(int count, int list, int... inside) throws IOException {
    byte[] bytes = new byte[2 * count];
    for (int i = 0; i < bytes.length; i += 2) {
      bytes[i] = (byte) (list << 3 | 2);
    }
    for (int field : inside) {
      ByteArrayOutputStream outer = new ByteArrayOutputStream();
      CodedOutputStream coded = CodedOutputStream.newInstance(outer);
      coded.writeByteArray(field, bytes);
      coded.flush();
      bytes = outer.toByteArray();
    }
    return bytes;
  }

  /** A draft of an alert with so many empty texts. */
  private static byte[] textsOfADraft(int count) throws IOException {
    return elements(
        count, Alert.TEXTS_FIELD_NUMBER, Body.ALERT_FIELD_NUMBER, Draft.BODY_FIELD_NUMBER);
  }

  /** Threat 92: a parser would make 35 times their bytes of them. */
  @Test
  void requestOfManyElements_isRefusedUnparsed_andTheStreamGoesOn() throws Exception {
    int most = ElementCount.MOST_OF_A_REQUEST;
    ManagedChannel channel = client("publisher");
    Refusals.Details details =
        refused(
            channel,
            elements(
                most,
                Alert.TEXTS_FIELD_NUMBER,
                Body.ALERT_FIELD_NUMBER,
                Draft.BODY_FIELD_NUMBER,
                PublishRequest.DRAFT_FIELD_NUMBER));
    assertEquals("LIMIT_REACHED", details.reason());
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, details.status());
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(channel, answers);
    drafts.onNext(
        elements(
            most,
            Alert.TEXTS_FIELD_NUMBER,
            Body.ALERT_FIELD_NUMBER,
            Draft.BODY_FIELD_NUMBER,
            PublishStreamRequest.DRAFTS_FIELD_NUMBER));
    assertEquals("{=LIMIT_REACHED drafts}", outcomes(answers, 1).toString());
    drafts.onNext(elements(DraftsRequest.TOGETHER + 1, PublishStreamRequest.DRAFTS_FIELD_NUMBER));
    assertEquals("{=LIMIT_REACHED drafts}", outcomes(answers, 1).toString());
    drafts.onNext(elements(300_000, PublishStreamRequest.DRAFTS_FIELD_NUMBER));
    assertEquals("{=LIMIT_REACHED drafts}", outcomes(answers, 1).toString());
    drafts.onNext(together(good("k1")));
    assertEquals("{k1=accepted}", outcomes(answers, 1).toString());
    drafts.onCompleted();
    assertEquals(Status.Code.OK, answers.code());
    assertTrue(
        edge.meters.text().contains("entente_malformed_requests_total{side=\"client\",} 4.0"));
  }

  private static byte[] concat(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /** Threat 92: a hundred calls at once would multiply what one request may need. */
  @Test
  void requestsInProgress_ofOneClient_holdMemoryTogether_untilTheirCallsEnd() throws Exception {
    Queue<CompletableFuture<Outcome>> held = new ConcurrentLinkedQueue<>();
    edge.behind.intake =
        (caller, draft) -> {
          CompletableFuture<Outcome> outcome = new CompletableFuture<>();
          if (draft.getIdempotencyKey().isEmpty()) {
            held.add(outcome);
          } else {
            outcome.complete(ServerBackend.accepted(draft));
          }
          return outcome;
        };
    int least = 20 << 20;
    NodeConfig.Limits limits =
        Edge.limits(new NodeConfig.PerClient(0, 0, 0, 0, 0, 0, 0, least, 0, 0, 0, 0));
    InetSocketAddress address = edge.startClients(limits, false).address();
    ManagedChannel channel = edge.channel(address, edge.client("publisher"));
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(channel, answers);
    drafts.onNext(together(good("k1")));
    assertEquals("{k1=accepted}", outcomes(answers, 1).toString());

    byte[] draft = textsOfADraft(ElementCount.MOST_OF_A_REQUEST - 100);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(out);
    coded.writeByteArray(PublishRequest.DRAFT_FIELD_NUMBER, draft);
    coded.flush();
    byte[] request = out.toByteArray();
    List<StreamAnswers<PublishResponse>> calls = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      StreamAnswers<PublishResponse> call = new StreamAnswers<>();
      ClientCalls.asyncUnaryCall(
          channel.newCall(raw(PublisherGrpc.getPublishMethod()), CallOptions.DEFAULT),
          request,
          call);
      calls.add(call);
    }
    StreamAnswers.until(() -> held.size() == 5);
    Account account = edge.accounts().of("publisher");
    long full = account.held(Holding.BUFFERED_BYTES);
    assertTrue(full > least - (4 << 20) && full <= least, full + " bytes");

    Refusals.Details refused = refused(channel, request);
    assertEquals("OVERLOADED RESOURCE_EXHAUSTED", refused.reason() + " " + refused.status());
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    CodedOutputStream second = CodedOutputStream.newInstance(more);
    second.writeByteArray(
        PublishStreamRequest.DRAFTS_FIELD_NUMBER, concat(bytes(good("k2")), draft));
    second.flush();
    drafts.onNext(more.toByteArray());
    drafts.onNext(together(good("k3")));
    assertEquals("{k2=OVERLOADED , k3=accepted}", outcomes(answers, 2).toString());
    ManagedChannel other = edge.channel(address, edge.client("all"));
    StreamObserver<byte[]> others = stream(other, answers);
    others.onNext(more.toByteArray());
    assertEquals("{k2=accepted}", outcomes(answers, 1).toString());

    held.forEach(one -> one.complete(ServerBackend.accepted(good(""))));
    for (StreamAnswers<PublishResponse> call : calls) {
      assertTrue(call.next().getOutcome().hasAccepted());
    }
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
    drafts.onNext(more.toByteArray());
    assertEquals("{k2=accepted}", outcomes(answers, 1).toString());
    assertFalse(edge.meters.text().contains("entente_malformed_requests_total{side=\"client\""));
  }

  /** A large draft with a fault leaves the others of its request alone, as a small one does. */
  @Test
  void largeDraftThatIsMalformed_affectsNoOther() throws Exception {
    byte[] fault = textsOfADraft(1_000);
    fault[fault.length - 1] = 1;
    byte[] filling = new byte[200_000];
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(request);
    out.writeByteArray(1, bytes(good("k1")));
    out.writeByteArray(1, fault);
    out.writeByteArray(1, bytes(good("k2")));
    out.writeByteArray(900, filling);
    out.flush();
    StreamAnswers<PublishStreamResponse> answers = new StreamAnswers<>();
    StreamObserver<byte[]> drafts = stream(client("publisher"), answers);
    drafts.onNext(request.toByteArray());
    assertEquals(
        "{=INVALID_FIELD body.alert.texts[999], k1=accepted, k2=accepted}",
        outcomes(answers, 3).toString());
  }
}
