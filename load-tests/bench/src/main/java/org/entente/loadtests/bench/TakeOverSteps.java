package org.entente.loadtests.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.loadtests.measure.MeasurementFailure;

/**
 * Where the time of a take-over goes, in seconds, as the log of the new leader tells it. The steps
 * follow one another.
 *
 * @param elected from the failure until another machine is elected
 * @param alone then until it has the keys, and no lease of the last leader lasts
 * @param open then until its gateway is open
 * @param first then until it has accepted a message
 */
record TakeOverSteps(double elected, double alone, double open, double first) {
  private static final Pattern ALONE = Pattern.compile("no earlier lease lasts after (\\d+) ms");
  private static final Pattern OPEN = Pattern.compile("its gateway was open after (\\d+) ms");
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  /** When a step ended. */
  private record End(Instant at, Duration took) {
    Instant began() {
      return at.minus(took);
    }
  }

  /**
   * Reads the steps of one take-over.
   *
   * @param log of the new leader, in JSON
   * @throws MeasurementFailure if the log does not have them
   */
  static TakeOverSteps read(Path log, Instant failed, Instant accepted) {
    try {
      return of(Files.readAllLines(log), failed, accepted);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TakeOverSteps of(List<String> log, Instant failed, Instant accepted) {
    End alone = end(log, ALONE, failed);
    End open = end(log, OPEN, failed);
    return new TakeOverSteps(
        seconds(failed, alone.began()),
        seconds(alone.began(), alone.at()),
        seconds(alone.at(), open.at()),
        seconds(open.at(), accepted));
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / SECOND;
  }

  private static End end(List<String> log, Pattern text, Instant failed) {
    ObjectMapper json = new ObjectMapper();
    for (String line : log) {
      Matcher step = text.matcher(line);
      if (step.find()) {
        Instant at = Instant.parse(parsed(json, line).path("time").asText());
        if (at.isAfter(failed)) {
          return new End(at, Duration.ofMillis(Long.parseLong(step.group(1))));
        }
      }
    }
    throw new MeasurementFailure("the new leader's log does not say: " + text);
  }

  private static JsonNode parsed(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (JsonProcessingException e) {
      throw new MeasurementFailure("the new leader's log is not JSON: " + line, e);
    }
  }
}
