package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.testkit.OtlpReceiver;
import org.entente.gateway.testkit.OtlpReceiver.TakenSpan;
import org.entente.proto.v1.DecideRequest;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.ReleaseGrpc;
import org.entente.proto.v1.Verdict;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Over real gateways and a receiver of OTLP: who traces which message, and who learns of it. */
class TracePathTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CLIENT_SPAN = "00f067aa0ba902b7";
  private static final String SAMPLED = "00-" + TRACE + "-" + CLIENT_SPAN + "-01";
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  @AutoClose private OtlpReceiver collector;

  @BeforeEach
  void open() throws IOException {
    collector = new OtlpReceiver();
  }

  private void tracing(String agency, String more) throws IOException {
    collector.configure(federation.config(agency), more);
  }

  private static Draft traced(Draft draft, String traceparent) {
    return draft.toBuilder().setTraceparent(traceparent).build();
  }

  /** Publishes with this span in the metadata of the call. */
  private MessageId sendUnder(String traceparent, Draft draft) {
    Metadata metadata = new Metadata();
    metadata.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceparent);
    metadata.put(
        Metadata.Key.of("tracestate", Metadata.ASCII_STRING_MARSHALLER), "secret=internal");
    Outcome outcome =
        PublisherGrpc.newBlockingStub(federation.channel(FR))
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
            .publish(PublishRequest.newBuilder().setDraft(draft).build())
            .getOutcome();
    assertTrue(outcome.hasAccepted(), outcome.toString());
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  /** Waits until an agency's gateway has sent spans of these names. */
  private List<TakenSpan> await(String agency, String... names) {
    federation.await(
        agency + " sends " + List.of(names),
        () -> names(collector.of(agency)).containsAll(List.of(names)));
    return collector.of(agency);
  }

  private static Set<String> names(List<TakenSpan> spans) {
    return spans.stream().map(TakenSpan::name).collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<TakenSpan> named(List<TakenSpan> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).toList();
  }

  private static TakenSpan one(List<TakenSpan> spans, String name) {
    List<TakenSpan> found = named(spans, name);
    assertEquals(1, found.size(), name + " of " + names(spans));
    return found.get(0);
  }

  @Test
  void trace_continuesAcrossAgencies_andTheTransitHasNothingOfIt() throws IOException {
    for (String agency : List.of(FR, HUB, SG)) {
      tracing(agency, "");
    }
    federation.start(FR, HUB, SG);
    MessageId id = sendUnder(SAMPLED, federation.draft("very private", DAY, SG));
    Delivery delivery = federation.receive(SG, 1).get(0);
    federation.awaitEvidence(FR, id, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, SG);
    List<TakenSpan> origin =
        await(FR, "publish", "policy", "seal", "commit", "transmit", "evidence");
    List<TakenSpan> recipient = await(SG, "receive", "open", "commit", "deliver");

    TakenSpan publish = one(origin, "publish");
    assertEquals(CLIENT_SPAN, publish.parent());
    assertEquals("accepted", publish.attribute("result"));
    for (String stage : List.of("policy", "seal", "commit", "transmit")) {
      assertEquals(publish.id(), one(origin, stage).parent(), stage);
    }
    assertEquals(HUB, one(origin, "transmit").attribute("peer"));
    assertTrue(
        named(origin, "evidence").stream()
            .allMatch(
                span ->
                    span.parent().equals(publish.id()) && span.attribute("recipient").equals(SG)));

    TakenSpan receive = one(recipient, "receive");
    assertEquals(publish.id(), receive.parent());
    assertEquals(receive.id(), one(recipient, "open").parent());
    assertEquals(receive.id(), one(recipient, "commit").parent());
    TakenSpan deliver = one(recipient, "deliver");
    assertEquals(publish.id(), deliver.parent());
    for (TakenSpan span : Stream.of(origin, recipient).flatMap(List::stream).toList()) {
      assertEquals(TRACE, span.trace());
      assertTrue(span.span().getEndTimeUnixNano() >= span.span().getStartTimeUnixNano());
      assertEquals("", span.span().getTraceState());
      assertFalse(span.span().toString().contains("private"));
    }
    for (TakenSpan span : List.of(publish, receive, deliver)) {
      assertEquals(id.toString(), span.attribute("message_id"));
    }
    assertEquals("00-" + TRACE + "-" + publish.id() + "-01", delivery.getLabel().getTraceparent());
    assertEquals("00-" + TRACE + "-" + deliver.id() + "-01", delivery.getTraceparent());

    assertEquals(List.of(), collector.of(HUB));
    federation.stop(HUB);
    assertFalse(isOnDisk(HUB, TRACE));
    // The search finds what is there in plaintext.
    assertTrue(isOnDisk(HUB, FR));
  }

  private boolean isOnDisk(String agency, String text) throws IOException {
    try (Stream<Path> files = Files.walk(federation.files().ledger(agency))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void gateway_thatDoesNotTrace_tellsNobodyOfAClientsSpan() throws IOException {
    tracing(DE, "  sample_ratio: 1\n");
    federation.start(FR, DE);
    sendUnder(SAMPLED, traced(federation.draft("untraced", DAY, DE), SAMPLED));
    Delivery delivery = federation.receive(DE, 1).get(0);
    assertEquals("", delivery.getLabel().getTraceparent());
    assertEquals("", delivery.getTraceparent());
    assertFalse(federation.scrape(FR, "metrics").contains("entente_trace_spans_total{"));
    // An own draft is traced, so its span comes after any of the message that it received.
    federation.accepted(DE, federation.draft("own", DAY, FR));
    assertFalse(names(await(DE, "publish")).contains("receive"));
  }

  @Test
  void recipient_thatDoesNotTrace_givesItsSubscriberTheSpanOfTheOriginAlone() throws IOException {
    tracing(FR, "");
    federation.start(FR, DE);
    federation.accepted(FR, traced(federation.draft("one", DAY, DE), SAMPLED));
    Delivery delivery = federation.receive(DE, 1).get(0);
    assertTrue(delivery.getLabel().getTraceparent().startsWith("00-" + TRACE + "-"));
    assertEquals("", delivery.getTraceparent());
  }

  @Test
  void span_thatIsNotSampled_isNotTraced_evenIfAllOtherDraftsAre() throws IOException {
    tracing(FR, "  sample_ratio: 1\n");
    federation.start(FR, DE);
    federation.accepted(
        FR,
        traced(
            federation.draft("not sampled", DAY, DE), "00-" + TRACE + "-" + CLIENT_SPAN + "-00"));
    federation.accepted(FR, federation.draft("begun here", DAY, DE));
    List<Delivery> deliveries = federation.receive(DE, 2);
    assertEquals("", deliveries.get(0).getLabel().getTraceparent());
    TakenSpan begun = one(await(FR, "publish"), "publish");
    assertEquals("", begun.parent());
    assertEquals(
        "00-" + begun.trace() + "-" + begun.id() + "-01",
        deliveries.get(1).getLabel().getTraceparent());
  }

  /** W3C Trace Context: a traceparent that cannot be read restarts the trace. */
  @Test
  void traceparent_thatCannotBeRead_restartsTheTrace() throws IOException {
    tracing(FR, "  sample_ratio: 1\n  traces_per_second: 100\n");
    federation.start(FR, DE);
    List<String> hostile =
        List.of(
            "00-00000000000000000000000000000000-" + CLIENT_SPAN + "-01",
            "00-" + TRACE + "-0000000000000000-01",
            "00-" + TRACE.toUpperCase(Locale.ROOT) + "-" + CLIENT_SPAN + "-01",
            "ff-" + TRACE + "-" + CLIENT_SPAN + "-01",
            SAMPLED + "-more",
            SAMPLED + "\r\nauthorization: x",
            "\u202e\u0000",
            "0".repeat(256));
    for (String traceparent : hostile) {
      federation.accepted(FR, traced(federation.draft("one", DAY, DE), traceparent));
    }
    federation.await(
        "spans of all", () -> named(collector.of(FR), "publish").size() == hostile.size());
    Set<String> begun = new TreeSet<>();
    for (TakenSpan publish : named(collector.of(FR), "publish")) {
      assertNotEquals(TRACE, publish.trace());
      assertEquals("", publish.parent());
      begun.add("00-" + publish.trace() + "-" + publish.id() + "-01");
    }
    assertEquals(hostile.size(), begun.size());
    assertEquals(
        begun,
        federation.receive(DE, hostile.size()).stream()
            .map(one -> one.getLabel().getTraceparent())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void draft_repeatedUnderAnotherSpan_hasItsFirstOutcome() throws IOException {
    tracing(FR, "");
    federation.start(FR, DE);
    Draft draft = federation.draft("one", DAY, DE);
    Outcome first = federation.publish(FR, traced(draft, SAMPLED));
    assertTrue(first.hasAccepted());
    assertEquals(first, federation.publish(FR, draft));
    assertEquals(first, federation.publish(FR, traced(draft, SAMPLED.replace("b7-", "b8-"))));
  }

  @Test
  void draftThatWaitedForASecondPerson_continuesItsTraceWhenItIsReleased() throws IOException {
    Path agreement = federation.folder().resolve("agreements/warnings.yaml");
    Files.writeString(
        agreement,
        Files.readString(agreement).replace("  four_eyes: false\n", "  four_eyes: true\n"));
    Path config = federation.config(FR);
    Files.writeString(
        config,
        Files.readString(config).replace("scopes: [publish,", "scopes: [release, publish,")
            + "release:\n  same_client: allowed\n");
    tracing(FR, "");
    federation.start(FR, DE);
    OnBehalfOf.Builder author = OnBehalfOf.newBuilder().setOfficer("FR-1");
    Outcome held =
        federation.publish(
            FR,
            traced(federation.draft("one", DAY, DE), SAMPLED).toBuilder()
                .setOnBehalfOf(author)
                .build());
    assertTrue(held.hasHeld(), held::toString);
    Outcome released =
        ReleaseGrpc.newBlockingStub(federation.channel(FR))
            .decide(
                DecideRequest.newBuilder()
                    .setMessageId(held.getMessageId())
                    .setVerdict(Verdict.VERDICT_RELEASE)
                    .setOnBehalfOf(author.setOfficer("FR-2").setJustification("read"))
                    .build())
            .getOutcome();
    assertTrue(released.hasAccepted(), released::toString);
    Delivery delivery = federation.receive(DE, 1).get(0);
    federation.await("both spans", () -> named(collector.of(FR), "publish").size() == 2);
    List<TakenSpan> spans = named(collector.of(FR), "publish");
    assertEquals(
        List.of("held", "accepted"), spans.stream().map(one -> one.attribute("result")).toList());
    assertTrue(spans.stream().allMatch(one -> one.parent().equals(CLIENT_SPAN)));
    assertEquals(
        "00-" + TRACE + "-" + spans.get(1).id() + "-01", delivery.getLabel().getTraceparent());
  }

  /** A member that samples all cannot have another gateway trace more than its rate. */
  @Test
  void messages_beyondTheRateOfTheirOrigin_areNotTracedByTheirRecipient() throws IOException {
    tracing(FR, "  sample_ratio: 1\n  traces_per_second: 10000\n");
    tracing(DE, "  traces_per_second: 1\n");
    federation.start(FR, DE);
    int count = 40;
    for (int i = 0; i < count; i++) {
      federation.accepted(FR, federation.draft("message " + i, DAY, DE));
    }
    List<Delivery> deliveries = federation.receive(DE, count);
    assertTrue(deliveries.stream().noneMatch(one -> one.getLabel().getTraceparent().isEmpty()));
    assertTrue(deliveries.stream().anyMatch(one -> one.getTraceparent().isEmpty()));
    assertTrue(federation.metric(DE, "entente_trace_limited_total{side=\"peer\",}") > 0);
  }

  @Test
  void drafts_beyondTheRateOfTheirClient_areNotTraced() throws IOException {
    tracing(FR, "  traces_per_second: 1\n");
    federation.start(FR, DE);
    int count = 40;
    for (int i = 0; i < count; i++) {
      federation.accepted(FR, traced(federation.draft("message " + i, DAY, DE), SAMPLED));
    }
    assertTrue(
        federation.receive(DE, count).stream()
            .anyMatch(one -> one.getLabel().getTraceparent().isEmpty()));
    assertTrue(federation.metric(FR, "entente_trace_limited_total{side=\"client\",}") > 0);
  }

  /** Neither drafts nor the end of the gateway wait for a collector. */
  @Test
  void collector_thatNeverAnswers_holdsUpNothing_andSpansAreDropped() throws IOException {
    collector.hang();
    tracing(FR, "  sample_ratio: 1\n  traces_per_second: 10000\n  queued_spans: 256\n");
    federation.start(FR, DE);
    int count = 200;
    for (int i = 0; i < count; i++) {
      federation.accepted(FR, federation.draft("message " + i, DAY, DE));
    }
    assertEquals(count, federation.receive(DE, count).size());
    assertTrue(federation.metric(FR, "entente_trace_spans_total{result=\"dropped\",}") > 0);
    federation.stop(FR);
  }
}
