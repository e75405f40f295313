package org.entente.gateway.feature.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.proto.v1.EvidenceItem;

/**
 * Makes the spans of received messages whose origin traces them, within its rate, and of the
 * evidence that comes back about own ones. A span begins its life once its message is durable, so
 * repeated and refused messages have none.
 */
final class ReceivedTraces implements ReceptionHook {
  private static final Set<String> CODES =
      Arrays.stream(Code.values()).map(Code::name).collect(Collectors.toUnmodifiableSet());

  private final Spans spans;
  private final SentTraces own;
  private final TraceRates rates;

  ReceivedTraces(Spans spans, SentTraces own, TraceRates rates) {
    this.spans = spans;
    this.own = own;
    this.rates = rates;
  }

  @Override
  public Result<Step> inspect(Incoming message) {
    if (message.label().getTraceparent().isEmpty()
        || !rates.take(Meters.Side.PEER, message.origin().value())) {
      return Step.NONE;
    }
    return Step.onKeep(
        tx -> {
          long begun = System.nanoTime();
          tx.afterCommit(() -> received(message, begun));
        });
  }

  private void received(Incoming message, long committing) {
    long now = System.nanoTime();
    Spans.Stage receive =
        spans.begun(
            "entente.receive",
            SpanKind.CONSUMER,
            Spans.parent(message.label().getTraceparent()),
            message.begun());
    Span span = receive.span();
    span.setAttribute(TraceAttributes.MESSAGE, message.id().toString());
    span.setAttribute(TraceAttributes.ORIGIN, message.origin().value());
    span.setAttribute(TraceAttributes.LANE, SpanTracer.lane(message.label()));
    spans.stage("entente.open", receive.inside(), message.begun(), message.opened());
    spans.stage("entente.commit", receive.inside(), committing, now);
    receive.end(now);
  }

  @Override
  public void evidence(Transaction tx, EvidenceItem item, boolean isNew) {
    if (!isNew) {
      return;
    }
    for (MessageId id : EvidenceMessages.of(item)) {
      SentTraces.SentMessage message = own.message(id);
      if (message != null && rates.take(Meters.Side.PEER, item.getAgency())) {
        tx.afterCommit(() -> told(message, item));
      }
    }
  }

  private void told(SentTraces.SentMessage message, EvidenceItem item) {
    Spans.Stage evidence =
        spans.begun(
            "entente.evidence",
            SpanKind.CONSUMER,
            Spans.parent(message.traceparent()),
            message.sealed());
    Span span = evidence.span();
    span.setAttribute(TraceAttributes.MESSAGE, message.id().toString());
    span.setAttribute(
        TraceAttributes.RESULT,
        SpanTracer.word(item.getKind()).replaceFirst("^evidence_kind_", ""));
    span.setAttribute(TraceAttributes.RECIPIENT, item.getAgency());
    // The other agency wrote it.
    if (CODES.contains(item.getCode())) {
      span.setAttribute(TraceAttributes.CODE, item.getCode());
    }
    evidence.end(System.nanoTime());
  }
}
