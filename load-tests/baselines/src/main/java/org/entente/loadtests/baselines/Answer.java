package org.entente.loadtests.baselines;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.OpenLoadMeasurement;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Saturation;

/** Result of a baseline for the benchmark: one line of JSON on standard output. */
final class Answer {
  private static final int DIGITS = 3;
  private static final Duration BEFORE = Duration.ofMillis(500);

  private final ObjectNode root = new ObjectMapper().createObjectNode();
  private final ArrayNode figures = root.putArray("figures");
  private final ArrayNode curve = root.putArray("curve");

  /**
   * An answer without figures yet.
   *
   * @param note versions and other facts for readers
   */
  Answer(String note) {
    root.put("note", note);
  }

  /** Reports that the baseline cannot be measured here, with the reason. */
  static void absent(String why) {
    System.out.println(new ObjectMapper().createObjectNode().put("absent", why));
  }

  void print() {
    System.out.println(root);
  }

  /** Throughput with this number of messages in flight, after the warm-up. */
  void saturate(
      String id, String what, MessageSender sender, Arrivals arrivals, int window, Task task)
      throws InterruptedException {
    saturation(sender, arrivals, window).run(Duration.ZERO, task.warmUp());
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < task.repeats(); i++) {
      rates.add(saturation(sender, arrivals, window).run(BEFORE, task.saturated()));
    }
    add(id, "throughput", "1 KiB, " + what, "messages/s", rates);
  }

  private static Saturation saturation(MessageSender sender, Arrivals arrivals, int window) {
    return new Saturation(sender, arrivals, 1, window);
  }

  /** Latency under open load, with its curve. */
  void pace(MessageSender sender, Arrivals arrivals, int rate, Task task)
      throws InterruptedException {
    Histogram all = percentiles(sender, arrivals, rate, task);
    root.put("load", words(rate));
    for (Percentile point : Percentile.curve(all)) {
      curve.addObject().put("percent", point.percent()).put("millis", point.millis());
    }
  }

  /** The same without the curve. */
  Histogram percentiles(MessageSender sender, Arrivals arrivals, int rate, Task task)
      throws InterruptedException {
    Histogram all = new Histogram(DIGITS);
    List<Double> medians = new ArrayList<>();
    List<Double> tails = new ArrayList<>();
    for (int i = 0; i < task.repeats(); i++) {
      Histogram micros = OpenLoadMeasurement.run(sender, arrivals, rate, BEFORE, task.paced());
      medians.add(Percentile.millis(micros, 50));
      tails.add(Percentile.millis(micros, 99));
      all.add(micros);
    }
    add("p50." + rate, "latency", words(rate) + ", p50", "ms", medians);
    add("p99." + rate, "latency", words(rate) + ", p99", "ms", tails);
    return all;
  }

  private static String words(int rate) {
    return rate == Task.LOW_RATE ? "1,000/s" : rate + "/s";
  }

  private void add(String id, String scenario, String what, String unit, List<Double> values) {
    ObjectNode figure = figures.addObject();
    figure.put("id", id).put("scenario", scenario).put("what", what).put("unit", unit);
    ArrayNode array = figure.putArray("values");
    values.forEach(array::add);
  }
}
