package org.entente.gateway.cli.call;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A line on standard error that shows how far long work is, drawn again in its place five times a
 * second and removed at the end. Drawn only on a terminal: the launcher says which of the outputs
 * are terminals, so that no pipe, file or log holds it. May be told by any thread.
 */
public final class ProgressLine implements AutoCloseable {
  /** What the launcher sets: {@code out}, {@code err} or both, for outputs that are terminals. */
  static final String TERMINALS = "entente.terminals";

  private static final Duration REDRAW = Duration.ofMillis(200);
  private static final int BAR = 20;

  /** Returns to the begin of the line, and clears what was behind. */
  private static final String AGAIN = "\r\u001b[K";

  private final PrintWriter err;
  private final String work;
  private final String unit;
  private final String units;
  private final LongSupplier nanos;
  private final long begun;
  private final ScheduledExecutorService clock;
  private final boolean drawn;
  private volatile long done;
  private volatile long total;

  ProgressLine(
      PrintWriter err, String work, String unit, String units, boolean drawn, LongSupplier nanos) {
    this.err = err;
    this.work = work;
    this.unit = unit;
    this.units = units;
    this.drawn = drawn;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    if (drawn) {
      var unused =
          clock.scheduleAtFixedRate(
              this::draw, REDRAW.toMillis(), REDRAW.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /**
   * A line about work that is not counted, which shows how long it has taken.
   *
   * @param work such as {@code restoring}
   */
  public static ProgressLine of(PrintingCommand command, String work) {
    return of(command, work, "", "");
  }

  /**
   * A line about work that is counted.
   *
   * @param unit the word for one
   * @param units the word for several
   */
  public static ProgressLine of(PrintingCommand command, String work, String unit, String units) {
    return new ProgressLine(command.err(), work, unit, units, isTerminal("err"), System::nanoTime);
  }

  /** A line about work that prints as it goes; not drawn if that goes to the terminal too. */
  public static ProgressLine besideOutput(
      PrintingCommand command, String work, String unit, String units) {
    boolean drawn = isTerminal("err") && !isTerminal("out");
    return new ProgressLine(command.err(), work, unit, units, drawn, System::nanoTime);
  }

  private static boolean isTerminal(String output) {
    return System.getProperty(TERMINALS, "").contains(output);
  }

  /** Says how much is done of an unknown total. */
  public void at(long done) {
    this.done = done;
  }

  /** Says how much is done of a total. */
  public void at(long done, long total) {
    this.done = done;
    this.total = total;
  }

  /** The line as it is now. */
  String line() {
    Duration passed = passed();
    StringBuilder line = new StringBuilder(work);
    long now = done;
    long all = total;
    if (!units.isEmpty()) {
      line.append("  ").append(now).append(' ').append(now == 1 ? unit : units);
    }
    if (all > 0) {
      int filled = (int) Math.min(BAR, BAR * now / all);
      line.append("  [")
          .append("=".repeat(filled))
          .append(" ".repeat(BAR - filled))
          .append("] ")
          .append(Math.min(100, 100 * now / all))
          .append(" %");
    }
    return line.append("  %d:%02d".formatted(passed.toMinutes(), passed.toSecondsPart()))
        .toString();
  }

  /** How long the work has taken, in seconds: {@code in 3.2 s}. */
  public String time() {
    return "in %.1f s".formatted(passed().toMillis() / 1000.0);
  }

  private Duration passed() {
    return Duration.ofNanos(nanos.getAsLong() - begun);
  }

  void draw() {
    err.print(AGAIN + line());
    err.flush();
  }

  /** Removes the line. */
  @Override
  public void close() {
    clock.shutdownNow();
    try {
      boolean unused = clock.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (drawn) {
      err.print(AGAIN);
      err.flush();
    }
  }
}
