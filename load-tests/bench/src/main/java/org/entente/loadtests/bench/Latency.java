package org.entente.loadtests.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.entente.loadtests.measure.Arrivals;
import org.entente.loadtests.measure.MeasuredContent;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.MessageSender;
import org.entente.loadtests.measure.OpenLoadMeasurement;
import org.entente.loadtests.measure.Percentile;
import org.entente.loadtests.measure.Saturation;
import org.entente.loadtests.measure.Spread;
import org.entente.proto.v1.Lane;

/**
 * Latency of messages of 1 KiB from the intended time of publication to arrival at the subscriber.
 * Measures both chains at the same rates, and FLASH alone and beside saturating ROUTINE.
 */
final class Latency {
  private static final String SCENARIO = "latency";

  /** Name of the load at which all systems are measured but AS4, which cannot carry it. */
  static final String LOW_LOAD = "1,000/s";

  private static final int LOW_RATE = 1_000;
  private static final int FLASH_RATE = 200;

  private final Rig rig;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final MeasuredContent content = new MeasuredContent(Effort.KIB);

  Latency(Rig rig, Effort effort, Results results, Consumer<String> say) {
    this.rig = rig;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /**
   * Measures at a low rate, then at parts of the measured capacity.
   *
   * @param capacity of the gateways, messages per second
   */
  void run(double capacity) throws InterruptedException {
    pair("1000", LOW_LOAD, LOW_RATE);
    for (int part : effort.parts()) {
      double rate = capacity * part / 100;
      pair(part + "pc", String.format(Locale.ROOT, "%d %% of capacity, %,.0f/s", part, rate), rate);
    }
    if (effort.parts().contains(10)) {
      results.ratio(
          "p99_to_raw",
          "p99 publish to subscriber at 10 % of capacity / raw chain at the same rate, unpacked",
          "entente.p99.10pc",
          "raw.p99.10pc");
    }
  }

  private void pair(String id, String load, double rate) throws InterruptedException {
    MessageSender gateways = rig.gateways().stream(Lane.LANE_ROUTINE, content);
    MessageSender raw = rig.raw().stream(content);
    List<Histogram> ofGateways = new ArrayList<>();
    List<Histogram> ofRaw = new ArrayList<>();
    List<StageCost> stages =
        List.of(
            new StageCost(id + ".sender", "sender's gateway, " + load, rig.sender()),
            new StageCost(id + ".recipient", "recipient's gateway, " + load, rig.recipient()));
    for (int i = 0; i < effort.repeats(); i++) {
      ofRaw.add(pace(raw, rig.raw().arrivals(), rate));
      stages.forEach(StageCost::begin);
      ofGateways.add(pace(gateways, rig.gateways().arrivals(Lane.LANE_ROUTINE), rate));
      long messages = Math.max(1, Math.round(rate * pacedSeconds()));
      stages.forEach(stage -> stage.end(messages));
    }
    add("raw", id, Subject.RAW, load, ofRaw);
    add("entente", id, Subject.ENTENTE, load, ofGateways);
    stages.forEach(stage -> stage.addTo(results));
  }

  /** FLASH at 200/s, alone and while ROUTINE saturates the gateways. */
  void flash() throws InterruptedException {
    MessageSender flash = rig.gateways().stream(Lane.LANE_FLASH, content);
    Arrivals arrivals = rig.gateways().arrivals(Lane.LANE_FLASH);
    List<Histogram> alone = new ArrayList<>();
    List<Histogram> beside = new ArrayList<>();
    List<Double> routine = new ArrayList<>();
    for (int i = 0; i < effort.repeats(); i++) {
      alone.add(pace(flash, arrivals, FLASH_RATE));
      CompletableFuture<Double> flood = CompletableFuture.supplyAsync(this::flood);
      beside.add(pace(flash, arrivals, FLASH_RATE));
      routine.add(joined(flood));
    }
    add("entente.flash", "alone", Subject.ENTENTE, "FLASH, 200/s, alone", alone);
    add("entente.flash", "beside", Subject.ENTENTE, "FLASH, 200/s, ROUTINE saturating", beside);
    results.add(
        new Figure(
            "entente.flash.routine",
            "throughput",
            Subject.ENTENTE,
            "1 KiB, ROUTINE while FLASH is sent at 200/s",
            "messages/s",
            Spread.of(routine)));
    results.ratio(
        "flash_p99_ratio",
        "p99 of FLASH while ROUTINE saturates / alone",
        "entente.flash.p99.beside",
        "entente.flash.p99.alone");
  }

  private double flood() {
    try {
      MessageSender routine = rig.gateways().stream(Lane.LANE_ROUTINE, content);
      Duration all = effort.before().plus(effort.paced());
      return new Saturation(
              routine,
              rig.gateways().arrivals(Lane.LANE_ROUTINE),
              1,
              Throughput.window(content.bytes()))
          .run(Duration.ZERO, all);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementFailure("interrupted", e);
    }
  }

  /** The result of a measurement on another thread, with its failure as its own. */
  static double joined(CompletableFuture<Double> flood) {
    try {
      return flood.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof MeasurementFailure failed ? failed : e;
    }
  }

  private Histogram pace(MessageSender sender, Arrivals arrivals, double rate)
      throws InterruptedException {
    return OpenLoadMeasurement.run(sender, arrivals, rate, effort.before(), effort.paced());
  }

  /** How long {@link #pace} sends. */
  private double pacedSeconds() {
    return effort.before().plus(effort.paced()).toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
  }

  private void add(
      String way, String id, Subject subject, String load, List<Histogram> histograms) {
    Histogram all = new Histogram(histograms.get(0).getNumberOfSignificantValueDigits());
    histograms.forEach(all::add);
    results.add(new Curve(load, subject, Percentile.curve(all)));
    Figure p50 = figure(way, id, subject, load, histograms, 50);
    Figure p99 = figure(way, id, subject, load, histograms, 99);
    results.add(p50);
    results.add(p99);
    say.accept(
        String.format(
            Locale.ROOT,
            "%-8s %-30s p50 %8.3f ms, p99 %8.3f ms",
            subject.title(),
            load,
            p50.spread().median(),
            p99.spread().median()));
  }

  private static Figure figure(
      String way,
      String id,
      Subject subject,
      String load,
      List<Histogram> histograms,
      int percent) {
    return new Figure(
        way + ".p" + percent + "." + id,
        SCENARIO,
        subject,
        load + ", p" + percent,
        "ms",
        Spread.of(histograms.stream().map(h -> Percentile.millis(h, percent)).toList()));
  }
}
