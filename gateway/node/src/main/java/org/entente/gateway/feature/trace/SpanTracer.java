package org.entente.gateway.feature.trace;

import com.google.protobuf.ByteString;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.trace.MessageTracer;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of drafts, hops and deliveries. A client's sampled span is continued, and of the
 * configured share of other drafts a trace is begun, both within {@link TraceRates}. Safe for use
 * by several threads.
 */
final class SpanTracer implements MessageTracer {
  private final Spans spans;
  private final SentTraces own;
  private final TraceRates rates;
  private final double share;
  private final DoubleSupplier chance;
  private final InstantSource clock;
  private final Map<Object, Spans.Stage> drafts = new ConcurrentHashMap<>();

  /**
   * Creates the tracer of a gateway.
   *
   * @param share share of the drafts without a client's span
   * @param chance evenly distributed from 0 to below 1
   */
  SpanTracer(
      Spans spans,
      SentTraces own,
      TraceRates rates,
      double share,
      DoubleSupplier chance,
      InstantSource clock) {
    this.spans = spans;
    this.own = own;
    this.rates = rates;
    this.share = share;
    this.chance = chance;
    this.clock = clock;
  }

  @Override
  public String begun(Object attempt, NodeName client, Label label, String traceparent) {
    if (traceparent.isEmpty() && share == 0) {
      return "";
    }
    Context parent = Spans.parent(traceparent);
    SpanContext given = Spans.of(parent);
    boolean wanted = given.isValid() ? given.isSampled() : chance.getAsDouble() < share;
    if (!wanted || !rates.take(Meters.Side.CLIENT, client.value())) {
      return "";
    }
    Spans.Stage draft = spans.begun("entente.publish", SpanKind.SERVER, parent, System.nanoTime());
    draft.span().setAttribute(TraceAttributes.CLIENT, client.value());
    draft.span().setAttribute(TraceAttributes.LANE, lane(label));
    drafts.put(attempt, draft);
    return draft.traceparent();
  }

  @Override
  public void decided(Object attempt) {
    Spans.Stage draft = drafts.get(attempt);
    if (draft != null) {
      spans.stage("entente.policy", draft.inside(), draft.began(), System.nanoTime());
    }
  }

  @Override
  public void ended(Object attempt, @Nullable Outcome outcome) {
    Spans.Stage draft = drafts.remove(attempt);
    if (draft == null) {
      return;
    }
    Span span = draft.span();
    span.setAttribute(
        TraceAttributes.RESULT, outcome == null ? "failed" : word(outcome.getResultCase()));
    if (outcome != null) {
      if (!outcome.getMessageId().isEmpty()) {
        span.setAttribute(
            TraceAttributes.MESSAGE, MessageId.of(outcome.getMessageId().toByteArray()).toString());
      }
      String code = code(outcome);
      if (!code.isEmpty()) {
        span.setAttribute(TraceAttributes.CODE, code);
      }
    }
    draft.end(System.nanoTime());
  }

  private static String code(Outcome outcome) {
    return switch (outcome.getResultCase()) {
      case REFUSED ->
          outcome.getRefused().getRefusalsCount() == 0
              ? ""
              : outcome.getRefused().getRefusals(0).getCode();
      case INVALID -> outcome.getInvalid().getCode();
      case ACCEPTED, HELD, RESULT_NOT_SET -> "";
    };
  }

  @Override
  public void sealed(MessageId message, String traceparent, long began, long bytes) {
    long now = System.nanoTime();
    Spans.Stage seal =
        spans.begun("entente.seal", SpanKind.INTERNAL, Spans.parent(traceparent), began);
    seal.span().setAttribute(TraceAttributes.BYTES, bytes);
    seal.end(now);
    own.add(new SentTraces.SentMessage(message, traceparent, now));
  }

  @Override
  public void enclosed(ByteString headerHash, List<MessageId> messages) {
    own.enclosed(headerHash, messages);
  }

  @Override
  public void committed(MessageId message, String traceparent, long began) {
    spans.stage("entente.commit", Spans.parent(traceparent), began, System.nanoTime());
  }

  @Override
  public void sent(AgencyName peer, ByteString headerHash) {
    own.sent(peer, headerHash, System.nanoTime());
  }

  @Override
  public void acknowledged(AgencyName peer, Receipt receipt) {
    SentTraces.Hop hop = own.acknowledged(peer, receipt.getHeaderHash());
    if (hop == null) {
      return;
    }
    long now = System.nanoTime();
    String result = word(receipt.getResult()).replaceFirst("^result_", "");
    for (SentTraces.SentMessage message : hop.messages()) {
      Spans.Stage transmit =
          spans.begun(
              "entente.transmit",
              SpanKind.PRODUCER,
              Spans.parent(message.traceparent()),
              hop.sent());
      transmit.span().setAttribute(TraceAttributes.PEER, peer.value());
      transmit.span().setAttribute(TraceAttributes.RESULT, result);
      transmit.end(now);
    }
  }

  @Override
  public String delivered(Label label, NodeName client, long receivedAtMs) {
    if (!rates.take(Meters.Side.PEER, label.getOrigin())) {
      return "";
    }
    Spans.Stage deliver =
        spans.begun(
            "entente.deliver",
            SpanKind.PRODUCER,
            Spans.parent(label.getTraceparent()),
            System.nanoTime());
    Span span = deliver.span();
    span.setAttribute(
        TraceAttributes.MESSAGE, MessageId.of(label.getMessageId().toByteArray()).toString());
    span.setAttribute(TraceAttributes.ORIGIN, label.getOrigin());
    span.setAttribute(TraceAttributes.CLIENT, client.value());
    span.setAttribute(TraceAttributes.WAITED, Math.max(0, clock.millis() - receivedAtMs));
    deliver.end(System.nanoTime());
    return deliver.traceparent();
  }

  /** The lane as logs write it. */
  static String lane(Label label) {
    Lane lane = label.getLane();
    return lane == Lane.UNRECOGNIZED || lane == Lane.LANE_UNSPECIFIED
        ? ""
        : lane.name().replaceFirst("^LANE_", "");
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
