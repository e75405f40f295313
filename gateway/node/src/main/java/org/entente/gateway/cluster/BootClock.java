package org.entente.gateway.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time that goes on while the machine sleeps, as {@code CLOCK_BOOTTIME} does. {@link
 * System#nanoTime} is exact, but stops in sleep on Linux; {@code /proc/uptime} counts sleep, in
 * steps. This clock is the former, and moves ahead whenever the latter has gone further. So it
 * never goes back, and lags after a sleep only, by {@link #ERROR} at most. Where there is no such
 * file, it stops in sleep: clusters run on Linux. The file stays open, so that a machine without
 * free file descriptors has its time. Safe for many threads.
 */
final class BootClock implements LongSupplier {
  /** By how much it may lag after a sleep: some steps of the file. */
  static final Duration ERROR = Duration.ofMillis(50);

  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final long NANOS_OF_A_STEP = 10_000_000;

  /** More than both numbers have. */
  private static final int MOST_BYTES = 64;

  private final Path uptime;
  private final LongSupplier awake;

  /** Also the lock of its position. No channel: an interrupt of a reader would close that. */
  private final @Nullable RandomAccessFile file;

  /** How much further the file has been than the exact clock. */
  private final AtomicLong ahead = new AtomicLong(Long.MIN_VALUE);

  BootClock() {
    this(UPTIME, System::nanoTime);
  }

  BootClock(Path uptime, LongSupplier awake) {
    this.uptime = uptime;
    this.awake = awake;
    this.file = opened(uptime);
  }

  private static @Nullable RandomAccessFile opened(Path uptime) {
    try {
      return Files.exists(uptime) ? new RandomAccessFile(uptime.toFile(), "r") : null;
    } catch (IOException e) {
      throw new UncheckedIOException(uptime + " cannot be opened", e);
    }
  }

  @Override
  public long getAsLong() {
    if (file == null) {
      return awake.getAsLong();
    }
    // In this order: a pause in between must not make the file look further than it is.
    long boot = sinceBoot(file);
    long now = awake.getAsLong();
    return now + ahead.accumulateAndGet(boot - now, Math::max);
  }

  /** The first of two numbers: seconds with two digits after the point. */
  private long sinceBoot(RandomAccessFile open) {
    try {
      String line = line(open);
      String seconds = line.substring(0, line.indexOf(' '));
      int point = seconds.indexOf('.');
      long steps =
          Long.parseLong(seconds.substring(0, point)) * 100
              + Long.parseLong(seconds.substring(point + 1));
      return steps * NANOS_OF_A_STEP;
    } catch (IOException e) {
      throw new IllegalStateException(uptime + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String line(RandomAccessFile open) throws IOException {
    byte[] bytes = new byte[MOST_BYTES];
    synchronized (open) {
      open.seek(0);
      int length = Math.max(0, open.read(bytes));
      return new String(bytes, 0, length, StandardCharsets.US_ASCII);
    }
  }
}
