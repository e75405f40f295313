package org.entente.loadtests.federation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Asks the machines of a cluster in turn which one serves, twenty times a second, as a proxy with
 * health checks does. Thread-safe.
 */
final class LeaderWatch implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(1);
  private static final long EVERY_MILLIS = 50;
  private static final int OK = 200;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final ScheduledThreadPoolExecutor rounds;
  private final Runnable onDown;

  /** Since when each of those that serve does; by {@link System#nanoTime}. */
  private final Map<NodePlan, Long> serving = new LinkedHashMap<>();

  /**
   * Begins to ask.
   *
   * @param onDown run whenever a machine no longer serves
   */
  LeaderWatch(Collection<NodePlan> machines, Runnable onDown) {
    this.onDown = onDown;
    rounds =
        new ScheduledThreadPoolExecutor(
            0,
            task -> {
              Thread thread = new Thread(task, "leader-watch");
              thread.setDaemon(true);
              return thread;
            });
    machines.forEach(this::add);
  }

  /** Asks a further one from now on. */
  synchronized void add(NodePlan machine) {
    // One that hangs delays no question to another.
    rounds.setCorePoolSize(rounds.getCorePoolSize() + 1);
    Future<?> unused =
        rounds.scheduleWithFixedDelay(
            () -> note(machine, serves(machine)), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private boolean serves(NodePlan machine) {
    try {
      return http.send(
                  HttpRequest.newBuilder(URI.create("http://" + machine.admin() + "/readyz"))
                      .timeout(ANSWER)
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == OK;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void note(NodePlan machine, boolean serves) {
    if (isNewlyDown(machine, serves)) {
      onDown.run();
    }
  }

  private synchronized boolean isNewlyDown(NodePlan machine, boolean serves) {
    if (!serves) {
      return serving.remove(machine) != null;
    }
    serving.putIfAbsent(machine, System.nanoTime());
    notifyAll();
    return false;
  }

  /** The machine that serves, the latest if two seem to; empty while none does. */
  synchronized Optional<NodePlan> leader() {
    return serving.entrySet().stream()
        .max(Comparator.comparingLong(Map.Entry::getValue))
        .map(Map.Entry::getKey);
  }

  /** Waits for a leader such as this; empty if there is none in time. */
  synchronized Optional<NodePlan> await(Predicate<NodePlan> wanted, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    Optional<NodePlan> found = leader().filter(wanted);
    while (found.isEmpty() && end - System.nanoTime() > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
      found = leader().filter(wanted);
    }
    return found;
  }

  @Override
  public void close() {
    rounds.shutdownNow();
  }
}
