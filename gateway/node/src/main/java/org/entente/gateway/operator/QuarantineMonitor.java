package org.entente.gateway.operator;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.ledger.table.QuarantineTable;
import org.entente.gateway.meter.Meters;
import org.entente.proto.store.v1.QuarantineStep;

/** What configuration, gauges and readiness say of the quarantine. */
public final class QuarantineMonitor {
  private static final String PREFIX = "QUARANTINE_STEP_";

  private QuarantineMonitor() {}

  public static QuarantineTable.Limits limits(NodeConfig.Limits limits) {
    return new QuarantineTable.Limits(limits.quarantineMessages(), limits.quarantineBytes());
  }

  public static void register(Meters meters, QuarantineTable book) {
    meters.gauge(
        "entente_quarantine_messages",
        "What this gateway failed on and set aside, by step, until an operator decides.",
        List.of("step"),
        () -> counts(book));
    meters.gauge(
        "entente_quarantine_bytes",
        "Bytes kept for them.",
        List.of(),
        () -> List.of(Meters.Sample.of((double) book.use().bytes())));
    meters.gauge(
        "entente_quarantine_oldest_timestamp_seconds",
        "Since when the oldest of them waits; 0 if none does.",
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

  /** Said of a node that is ready: what comes too much is left where it is. */
  public static List<String> warnings(QuarantineTable book) {
    return book.limits().exhaustedBy(book.use())
        ? List.of("quarantine: it is full; what else fails is tried again until there is room")
        : List.of();
  }
}
