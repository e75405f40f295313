package org.entente.gateway.feature.trace;

import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.config.TracingConfig;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.model.BuildVersion;

/**
 * Traces of single messages, if {@code tracing} is configured. Otherwise it registers nothing, and
 * the path makes no objects for it.
 */
public final class TraceFeature implements Feature {
  /** How long the collector has for a request, with its repetitions. */
  private static final Duration REQUEST = Duration.ofSeconds(10);

  private static final int LONGEST_VALUE = 128;

  @Override
  public void wire(Registry registry) {
    TracingConfig tracing = registry.parts().config().tracing();
    if (tracing == null) {
      return;
    }
    GatewayParts gateway = registry.parts();
    GatewayParts.Environment around = gateway.environment();
    SpanQueue queue =
        new SpanQueue(tracing.queuedSpans(), exporter(tracing.endpoint()), around.meters());
    Spans spans = new Spans(provider(gateway, queue).get("entente"), around.clock());
    SentTraces own = new SentTraces();
    TraceRates rates = new TraceRates(tracing.tracesPerSecond(), around.meters());
    registry.trace(
        new SpanTracer(
            spans,
            own,
            rates,
            tracing.sampleRatioInForce(),
            () -> ThreadLocalRandom.current().nextDouble(),
            around.clock()));
    registry.receive(new ReceivedTraces(spans, own, rates));
    registry.every(Duration.ofSeconds(1), "spans", queue::round);
    registry.atEnd(queue::close);
  }

  private static SpanExporter exporter(String endpoint) {
    return OtlpHttpSpanExporter.builder()
        .setEndpoint(endpoint)
        .setTimeout(REQUEST)
        .setConnectTimeout(REQUEST)
        .setMeterProvider(MeterProvider.noop())
        .build();
  }

  private static SdkTracerProvider provider(GatewayParts gateway, SpanQueue queue) {
    return SdkTracerProvider.builder()
        .setSampler(Sampler.alwaysOn()) // the code that begins a span has decided
        .setIdGenerator(new SecureIds(gateway.environment().random()))
        .setClock(new GatewayClock(gateway.environment().clock()))
        .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
        .setResource(
            Resource.builder()
                .put("service.namespace", "entente")
                .put("service.name", gateway.self().value())
                .put("service.instance.id", gateway.identity().gateway().value())
                .put("service.version", BuildVersion.CURRENT)
                .build())
        .addSpanProcessor(queue)
        .build();
  }

  /** The gateway's time, as the library asks for it. */
  private record GatewayClock(InstantSource clock) implements Clock {
    @Override
    public long now() {
      Instant now = clock.instant();
      return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }
}
