package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;
import java.util.regex.Pattern;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Traces of single messages, as OpenTelemetry spans. 0 or absent: the default.
 *
 * @param endpoint address to which spans are sent by OTLP over HTTP, such as {@code
 *     http://127.0.0.1:4318/v1/traces}; plain HTTP to this machine only
 * @param sampleRatio share of the drafts without a client's span of which a trace is begun, from 0
 *     to 1; 0 by default
 * @param tracesPerSecond messages of one client, and of one other agency, that are traced each
 *     second, 10 by default, at most 10,000
 * @param queuedSpans spans that wait to be sent, 4,096 by default, from 256 to 1,000,000; further
 *     ones are dropped
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record TracingConfig(
    String endpoint,
    @Nullable Double sampleRatio,
    @OrDefault int tracesPerSecond,
    @OrDefault int queuedSpans) {
  private static final Pattern ENDPOINT =
      Pattern.compile(
          "(https://(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9.-]+)"
              + "|http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1]))"
              + "(:[0-9]{1,5})?/[A-Za-z0-9/._~-]*");

  public TracingConfig {
    Objects.requireNonNull(endpoint, "tracing.endpoint");
    if (!ENDPOINT.matcher(endpoint).matches()) {
      throw new IllegalArgumentException(
          "tracing.endpoint is "
              + InvalidValue.printable(endpoint)
              + "; valid is an https address with its path, or an http address of this machine,"
              + " such as http://127.0.0.1:4318/v1/traces");
    }
    sampleRatio = sampleRatio == null ? Double.valueOf(0) : sampleRatio;
    if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
      throw new IllegalArgumentException(
          "tracing.sample_ratio is " + sampleRatio + "; it must be from 0 to 1");
    }
    tracesPerSecond = bounded("tracing.traces_per_second", tracesPerSecond, 10, 1, 10_000);
    queuedSpans = bounded("tracing.queued_spans", queuedSpans, 4_096, 256, 1_000_000);
  }

  /** The share of the drafts without a client's span. */
  public double sampleRatioInForce() {
    return Objects.requireNonNull(sampleRatio);
  }
}
