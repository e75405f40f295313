package org.entente.gateway.feature.operator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.meter.Meters;
import org.entente.proto.store.v1.QuarantineStep;

/** Gauges and readiness warnings of the quarantine. */
final class QuarantineMonitor {
  private static final String PREFIX = "QUARANTINE_STEP_";

  private QuarantineMonitor() {}

  static void register(Registry registry, GatewayParts gateway) {
    QuarantineTable book = gateway.ledger().quarantine();
    Meters meters = gateway.environment().meters();
    registry.warn(() -> warnings(book));
    meters.gauge(
        "entente_quarantine_messages",
        "Quarantined messages awaiting an operator's decision, by step that failed.",
        List.of("step"),
        () -> counts(book));
    meters.gauge(
        "entente_quarantine_bytes",
        "Bytes of quarantined messages.",
        List.of(),
        () -> List.of(Meters.Sample.of((double) book.use().bytes())));
    meters.gauge(
        "entente_quarantine_oldest_timestamp_seconds",
        "When the oldest waiting message was quarantined; 0 if there is none.",
        List.of(),
        () -> List.of(Meters.Sample.of(oldestMillis(book) / 1e3)));
  }

  private static List<Meters.Sample> counts(QuarantineTable book) {
    Map<QuarantineStep, Long> counts = book.counts();
    return Arrays.stream(QuarantineStep.values())
        .filter(
            step ->
                step != QuarantineStep.UNRECOGNIZED
                    && step != QuarantineStep.QUARANTINE_STEP_UNSPECIFIED)
        .map(step -> sample(step, counts.getOrDefault(step, 0L)))
        .toList();
  }

  private static Meters.Sample sample(QuarantineStep step, long count) {
    String name = step.name().substring(PREFIX.length()).toLowerCase(Locale.ROOT);
    return new Meters.Sample(List.of(name), count);
  }

  private static long oldestMillis(QuarantineTable book) {
    return book.waiting(0, 1).stream().mapToLong(entry -> entry.record().getSinceMs()).sum();
  }

  /** Warnings of a ready node: messages without room stay where they are. */
  private static List<String> warnings(QuarantineTable book) {
    return book.limits().exhaustedBy(book.use())
        ? List.of(
            "quarantine: it is full; further failing messages are retried until there is room")
        : List.of();
  }
}
