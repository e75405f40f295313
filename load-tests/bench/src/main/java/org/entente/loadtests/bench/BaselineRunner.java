package org.entente.loadtests.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Spread;
import org.jspecify.annotations.Nullable;

/**
 * Runs the baselines, one after the other, each in its own processes, and collects their figures. A
 * baseline that is missing or fails leaves a note instead of a figure. Closing ends running
 * processes.
 */
final class BaselineRunner implements AutoCloseable {
  /** Names the class path of the baselines; {@code load-tests/run} sets it. */
  static final String PROPERTY = "entente.baselines";

  private static final int LAST_LINES = 12;
  private static final long STOP_SECONDS = 15;

  private final String classPath;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private @Nullable Process running;
  private boolean closed;

  /**
   * Baselines that do not run yet.
   *
   * @param folder parent of the folders to which they write
   */
  BaselineRunner(
      String classPath, Path folder, Effort effort, Results results, Consumer<String> say) {
    this.classPath = classPath;
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** Runs all of them. */
  void run() throws InterruptedException {
    for (Baseline baseline : Baseline.values()) {
      say.accept("baseline " + baseline.subject().title());
      Path log = folder.resolve(baseline.prefix() + "log");
      try {
        take(baseline, answer(baseline, log));
      } catch (CommandFailure | MeasurementFailure failure) {
        results.note(baseline.subject().title() + ": no figures: " + failure.getMessage());
        say.accept(failure.getMessage() + "\n" + tail(log));
      }
    }
  }

  private JsonNode answer(Baseline baseline, Path log) throws InterruptedException {
    try {
      Path own = Files.createDirectories(folder.resolve(baseline.prefix() + "data"));
      Process process =
          new ProcessBuilder(command(baseline, own))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      keep(process);
      String last = "";
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          last = line;
        }
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new CommandFailure("its process ended with exit code " + code);
      }
      return new ObjectMapper().readTree(last);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("its process printed no valid result", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(Baseline baseline, Path own) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx512m", "-Duser.timezone=UTC"));
    command.addAll(List.of("-cp", classPath, baseline.mainClass()));
    command.addAll(
        List.of(
            own.toString(),
            Integer.toString(effort.repeats()),
            Long.toString(effort.before().plus(warmUp()).toMillis()),
            Long.toString(effort.baseline().dividedBy(effort.repeats()).toMillis()),
            Long.toString(effort.paced().toMillis())));
    return command;
  }

  private Duration warmUp() {
    return effort.warmUp().dividedBy(3);
  }

  private synchronized void keep(Process process) {
    if (closed) {
      process.destroy();
      throw new CommandFailure("stopped before it was started");
    }
    running = process;
  }

  private void take(Baseline baseline, JsonNode answer) {
    if (answer.hasNonNull("absent")) {
      throw new CommandFailure(answer.path("absent").asText());
    }
    for (JsonNode figure : answer.path("figures")) {
      List<Double> values = new ArrayList<>();
      figure.path("values").forEach(value -> values.add(value.asDouble()));
      Figure taken =
          new Figure(
              baseline.prefix() + figure.path("id").asText(),
              figure.path("scenario").asText(),
              baseline.subject(),
              figure.path("what").asText(),
              figure.path("unit").asText(),
              Spread.of(values));
      results.add(taken);
      say.accept(
          String.format(
              Locale.ROOT,
              "%-14s %-34s %,10.2f %s",
              baseline.subject().title(),
              taken.what(),
              taken.spread().median(),
              taken.unit()));
    }
    List<Percentile> points = new ArrayList<>();
    for (JsonNode point : answer.path("curve")) {
      points.add(new Percentile(point.path("percent").asDouble(), point.path("millis").asDouble()));
    }
    results.add(new Curve(answer.path("load").asText(), baseline.subject(), points));
    results.note(baseline.subject().title() + ": " + answer.path("note").asText());
    ratios(baseline);
  }

  private void ratios(Baseline baseline) {
    results.ratio(
        baseline.ratio(),
        "messages/s through two gateways, stream, 1 KiB / " + baseline.subject().title(),
        Throughput.id(Throughput.HandOverMode.ENTENTE_STREAM, Effort.KIB),
        baseline.bestRate(results));
    if (results.find("artemis.p50.200").isPresent() && baseline == Baseline.ARTEMIS) {
      results.ratio(
          "artemis_flash_p50",
          "p50 of FLASH at 200/s, nothing beside it / any message at 200/s through Artemis",
          "entente.flash.p50.alone",
          "artemis.p50.200");
    }
    for (int percent : List.of(50, 99)) {
      String theirs = baseline.prefix() + "p" + percent + ".1000";
      if (results.find(theirs).isPresent()) {
        results.ratio(
            baseline.prefix().replace('.', '_') + "p" + percent,
            "p" + percent + " at 1,000/s, Entente / " + baseline.subject().title(),
            "entente.p" + percent + ".1000",
            theirs);
      }
    }
  }

  private static String tail(Path log) {
    try (var lines = Files.lines(log, StandardCharsets.UTF_8)) {
      List<String> all = lines.toList();
      return all.subList(Math.max(0, all.size() - LAST_LINES), all.size()).stream()
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  /** Returns when no process of a baseline runs, so that its files can be deleted. */
  @Override
  public synchronized void close() {
    closed = true;
    Process process = running;
    if (process == null) {
      return;
    }
    // Its child processes end when their standard input ends.
    List<ProcessHandle> all =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    process.destroy();
    CompletableFuture<?> ended =
        CompletableFuture.allOf(
            all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      ended.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
