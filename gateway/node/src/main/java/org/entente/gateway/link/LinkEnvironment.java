package org.entente.gateway.link;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;

/** The services shared by all links of a gateway. */
record LinkEnvironment(
    PeerName self,
    LinkPorts ports,
    LinkSettings settings,
    Timers timers,
    Executor workers,
    InstantSource clock,
    RandomGenerator random,
    LogRateLimit lines,
    AttachmentPace pace) {
  /** Least time between two log lines of one kind about one agency. */
  private static final Duration APART = Duration.ofSeconds(10);

  /** With a limit on what peers can write into the log. */
  LinkEnvironment(
      PeerName self,
      LinkPorts ports,
      LinkSettings settings,
      Timers timers,
      Executor workers,
      InstantSource clock,
      RandomGenerator random) {
    this(
        self,
        ports,
        settings,
        timers,
        workers,
        clock,
        random,
        new LogRateLimit(clock, APART),
        new AttachmentPace(timers::nanos));
  }

  /** The log line for an event that a peer can cause as often as it likes, if one is due. */
  Optional<String> line(AgencyName peer, String kind, String text) {
    return lines.line(peer + " " + kind, text);
  }

  /** {@link Timers#nanos}. */
  long nanos() {
    return timers.nanos();
  }

  /** Whether this time has passed since {@link #nanos} was {@code thenNanos}. */
  boolean hasPassed(Duration time, long thenNanos) {
    return nanos() - thenNanos >= time.toNanos();
  }

  /** Runs a task on an executor after a delay, unless the timers have been shut down. */
  void after(Duration delay, Executor executor, Runnable task) {
    timers.after(delay, () -> executor.execute(task));
  }
}
