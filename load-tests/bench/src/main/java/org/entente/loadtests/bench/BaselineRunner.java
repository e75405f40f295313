package org.entente.loadtests.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Spread;

/**
 * Runs the baselines, one after the other, each in its own processes, and collects their figures. A
 * baseline that is missing or fails leaves a note instead of a figure.
 */
final class BaselineRunner {
  /** Names the class path of the baselines; {@code load-tests/run} sets it. */
  static final String PROPERTY = "entente.baselines";

  private final String classPath;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;

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

  /** Runs all of them, each by this. */
  void run(AnsweringProcess program) throws InterruptedException {
    for (Baseline baseline : Baseline.values()) {
      say.accept("baseline " + baseline.subject().title());
      Path log = folder.resolve(baseline.prefix() + "log");
      try {
        take(baseline, program.answer(classPath, baseline.mainClass(), arguments(baseline), log));
      } catch (CommandFailure | MeasurementFailure failure) {
        results.note(baseline.subject().title() + ": no figures: " + failure.getMessage());
        say.accept(failure.getMessage() + "");
      }
    }
  }

  private List<String> arguments(Baseline baseline) {
    try {
      Path own = Files.createDirectories(folder.resolve(baseline.prefix() + "data"));
      return List.of(
          own.toString(),
          Integer.toString(effort.repeats()),
          Long.toString(effort.before().plus(warmUp()).toMillis()),
          Long.toString(effort.baseline().dividedBy(effort.repeats()).toMillis()),
          Long.toString(effort.paced().toMillis()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Duration warmUp() {
    return effort.warmUp().dividedBy(3);
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
}
