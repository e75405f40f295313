package org.entente.gateway.feature.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Makes the spans of stages. Their times are measured elsewhere, as {@link System#nanoTime}. Safe
 * for use by several threads.
 */
final class Spans {
  private static final String TRACEPARENT = "traceparent";

  /** Gives the traceparent alone: tracestate would be data of one agency at another. */
  private static final TextMapGetter<String> GETTER =
      (traceparent, key) -> key.equals(TRACEPARENT) ? traceparent : null;

  private final Tracer tracer;
  private final InstantSource clock;

  Spans(Tracer tracer, InstantSource clock) {
    this.tracer = tracer;
    this.clock = clock;
  }

  /**
   * The span that a traceparent names, as the parent of others; without a span if it names none or
   * cannot be read, as W3C Trace Context says.
   */
  static Context parent(String traceparent) {
    return traceparent.isEmpty()
        ? Context.root()
        : W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, GETTER);
  }

  /** The span of a parent; invalid if it has none. */
  static SpanContext of(Context parent) {
    return Span.fromContext(parent).getSpanContext();
  }

  /**
   * A stage that has begun. Its end is as long after its beginning as was measured, whatever the
   * clock does meanwhile.
   *
   * @param start the time of day of {@code began}
   */
  record Stage(Span span, Instant start, long began) {
    /** This sampled span as a traceparent of version 00. */
    String traceparent() {
      SpanContext context = span.getSpanContext();
      return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-01";
    }

    /** This span as the parent of others. */
    Context inside() {
      return Context.root().with(span);
    }

    void end(long ended) {
      span.end(start.plusNanos(ended - began));
    }
  }

  /** A stage that began at a time; its caller ends it. */
  Stage begun(String name, SpanKind kind, Context parent, long began) {
    Instant start = clock.instant().minusNanos(System.nanoTime() - began);
    Span span =
        tracer
            .spanBuilder(name)
            .setSpanKind(kind)
            .setParent(parent)
            .setStartTimestamp(start)
            .startSpan();
    return new Stage(span, start, began);
  }

  /** Adds a stage from one time to another. */
  void stage(String name, Context parent, long began, long ended) {
    begun(name, SpanKind.INTERNAL, parent, began).end(ended);
  }
}
