package org.entente.gateway.node.console;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.entente.gateway.node.doctor.DoctorReport;
import org.jspecify.annotations.Nullable;

/**
 * The last report of the checks, made again once it is ten seconds old. One caller at a time makes
 * it; meanwhile others get the last one, or none before the first, so that slow checks hold up one
 * page alone. Safe for many threads.
 */
final class CachedChecks {
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Supplier<DoctorReport> checks;
  private final LongSupplier nanos;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable DatedReport last;

  private record DatedReport(DoctorReport report, long at) {}

  CachedChecks(Supplier<DoctorReport> checks, LongSupplier nanos) {
    this.checks = checks;
    this.nanos = nanos;
  }

  /** The report; empty while another caller makes the first. */
  Optional<DoctorReport> get() {
    DatedReport kept = last;
    if ((kept != null && isFresh(kept)) || !making.tryLock()) {
      return Optional.ofNullable(kept).map(DatedReport::report);
    }
    try {
      DatedReport now = last;
      if (now == null || !isFresh(now)) {
        now = new DatedReport(checks.get(), nanos.getAsLong());
        last = now;
      }
      return Optional.of(now.report());
    } finally {
      making.unlock();
    }
  }

  private boolean isFresh(DatedReport report) {
    return nanos.getAsLong() - report.at() < KEPT_NANOS;
  }
}
