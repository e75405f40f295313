package org.entente.gateway.feature.trace;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.SpanResult;

/**
 * Spans that wait for the collector, up to a limit; further ones are dropped and counted. The ends
 * of spans never wait: {@link #round} sends, one request at a time, and does not wait for the
 * answer. Safe for use by several threads.
 */
final class SpanQueue implements SpanProcessor {
  /** Spans in one request. */
  private static final int TOGETHER = 2_048;

  private static final long LAST_SECONDS = 2;

  private final BlockingQueue<SpanData> waiting;
  private final SpanExporter exporter;
  private final Meters meters;
  private boolean closed;
  private CompletableResultCode request = CompletableResultCode.ofSuccess();

  SpanQueue(int most, SpanExporter exporter, Meters meters) {
    this.waiting = new ArrayBlockingQueue<>(most);
    this.exporter = exporter;
    this.meters = meters;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (!waiting.offer(span.toSpanData())) {
      meters.spans(SpanResult.DROPPED, 1);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  /** Sends what waits, unless the collector has not answered the last request. */
  synchronized void round() {
    if (!request.isDone()) {
      return;
    }
    List<SpanData> spans = new ArrayList<>();
    waiting.drainTo(spans, TOGETHER);
    if (spans.isEmpty()) {
      return;
    }
    CompletableResultCode sent = exporter.export(spans);
    request = sent;
    sent.whenComplete(
        () ->
            meters.spans(sent.isSuccess() ? SpanResult.EXPORTED : SpanResult.FAILED, spans.size()));
  }

  /**
   * Sends what waits, and waits at most two seconds for the collector. Once; later calls do
   * nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    round();
    CompletableResultCode last;
    synchronized (this) {
      last = request;
    }
    last.join(LAST_SECONDS, TimeUnit.SECONDS);
    exporter.shutdown();
  }

  @Override
  public CompletableResultCode shutdown() {
    close();
    return CompletableResultCode.ofSuccess();
  }
}
