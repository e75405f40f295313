package org.entente.gateway.feature.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.security.SecureRandom;

/**
 * Makes ids that say nothing of others. Those of the library come from a generator whose state one
 * id reveals: a recipient could compute what else its origin traces.
 */
record SecureIds(SecureRandom random) implements IdGenerator {
  @Override
  public String generateSpanId() {
    return SpanId.fromLong(drawn());
  }

  @Override
  public String generateTraceId() {
    return TraceId.fromLongs(drawn(), drawn());
  }

  /** Zeros would be no id. */
  private long drawn() {
    long drawn;
    do {
      drawn = random.nextLong();
    } while (drawn == 0);
    return drawn;
  }
}
