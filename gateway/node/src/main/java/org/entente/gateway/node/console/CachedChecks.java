package org.entente.gateway.node.console;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.node.doctor.DoctorReport;
import org.jspecify.annotations.Nullable;

/** The last report of the checks, made again once it is ten seconds old. Safe for many threads. */
final class CachedChecks {
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Supplier<DoctorReport> checks;
  private final LongSupplier nanos;
  private @Nullable DoctorReport last;
  private long at;

  CachedChecks(Supplier<DoctorReport> checks, LongSupplier nanos) {
    this.checks = checks;
    this.nanos = nanos;
  }

  synchronized DoctorReport get() {
    long now = nanos.getAsLong();
    DoctorReport kept = last;
    if (kept == null || now - at >= KEPT_NANOS) {
      kept = checks.get();
      last = kept;
      at = now;
    }
    return kept;
  }
}
