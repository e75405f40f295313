package org.entente.gateway.feature.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.entente.gateway.meter.Meters;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Spans wait in a bounded queue for a collector that answers when it likes. */
class SpanQueueTest {
  private static final int MOST = 5;

  private final Meters meters = new Meters();
  private final Requests collector = new Requests();
  private final SpanQueue queue = new SpanQueue(MOST, collector, meters);

  @AutoClose
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(queue).build();

  private final Tracer tracer = provider.get("test");

  /** Requests that a test answers. */
  private static final class Requests implements SpanExporter {
    private final List<Integer> sizes = new ArrayList<>();
    private CompletableResultCode last = new CompletableResultCode();

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      sizes.add(spans.size());
      last = new CompletableResultCode();
      return last;
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      last.succeed();
      return CompletableResultCode.ofSuccess();
    }
  }

  private void spans(int count) {
    for (int i = 0; i < count; i++) {
      tracer.spanBuilder("span").startSpan().end();
    }
  }

  private void counted(String result, int count) {
    String line = "entente_trace_spans_total{result=\"" + result + "\",} " + count + ".0\n";
    assertTrue(meters.text().contains(line), meters.text());
  }

  @Test
  void spans_beyondTheQueue_areDropped_andCounted() {
    spans(MOST + 3);
    counted("dropped", 3);
    queue.round();
    assertEquals(List.of(MOST), collector.sizes);
    collector.last.succeed();
    counted("exported", MOST);
  }

  @Test
  void collector_thatHasNotAnswered_isSentNothingMore() {
    spans(2);
    queue.round();
    spans(1);
    queue.round();
    assertEquals(List.of(2), collector.sizes);
    collector.last.fail();
    counted("failed", 2);
    queue.round();
    assertEquals(List.of(2, 1), collector.sizes);
    collector.last.succeed();
    counted("exported", 1);
    queue.round();
    assertEquals(List.of(2, 1), collector.sizes);
  }
}
