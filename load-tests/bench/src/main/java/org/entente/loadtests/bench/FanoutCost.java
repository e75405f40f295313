package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.entente.certsdev.FederationSpec;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.inside.AnnouncedKeys;
import org.entente.loadtests.inside.TransmissionProbe;
import org.entente.loadtests.isolation.WarningStream;

/**
 * Sender's cost of a further recipient of the same envelope. Recipients are members of the trust
 * bundle behind one transit, with key bundles signed by their own pairs; neither their gateways nor
 * the transit run.
 *
 * <p>Measures two parts and their sum. Up to the commit: processor time of the gateway's process
 * (policy, numbers, queue and log), with messages published one after the other, so that each has
 * its own envelope. From the queue to the release: the same classes in this process, for recipients
 * that hold their sessions ({@link TransmissionProbe}).
 */
final class FanoutCost {
  private static final String SCENARIO = "one message to many recipients";
  private static final int WINDOW = 500;
  private static final int MOST_AT_ONCE = 200;
  private static final double MICRO = TimeUnit.MICROSECONDS.toNanos(1);

  private final Federation federation;
  private final Path folder;
  private final Effort effort;
  private final Results results;
  private final Consumer<String> say;
  private final Rounds gateway = new Rounds(SCENARIO, Subject.ENTENTE);
  private final Rounds part = new Rounds(SCENARIO, Subject.PART);

  /**
   * A measurement that has not begun.
   *
   * @param federation with {@link #members} among its agencies
   * @param folder for the part that is measured in this process; must not exist
   */
  FanoutCost(
      Federation federation, Path folder, Effort effort, Results results, Consumer<String> say) {
    this.federation = federation;
    this.folder = folder;
    this.effort = effort;
    this.results = results;
    this.say = say;
  }

  /** The receiving agencies, in the order in which they become recipients. */
  static List<FederationSpec.Agency> members(Effort effort) {
    return names(most(effort)).stream()
        .map(name -> AnnouncedKeys.member(name, Transit.HUB))
        .toList();
  }

  private static List<String> names(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> "de.office-" + i).toList();
  }

  private static int most(Effort effort) {
    List<Integer> recipients = effort.scenarios().recipients();
    return recipients.get(recipients.size() - 1);
  }

  /** Id of the messages per second to this number of recipients. */
  static String rateId(int recipients) {
    return "fanout.rate." + recipients;
  }

  /** Measures the gateway, then the part in this process. */
  void run() throws InterruptedException {
    say.accept("one message to up to " + most(effort) + " recipients");
    DirectLink.only(List.of(Transit.HUB), federation.plan(GatewayChain.FROM).config());
    Map<String, Path> keystores = new HashMap<>();
    for (String name : names(most(effort))) {
      keystores.put(name, federation.gatewayFolder(name).resolve("keystore"));
    }
    new AnnouncedKeys("demo.entente.example")
        .putInto(federation.plan(GatewayChain.FROM).folder().resolve("data"), keystores);
    federation.start(List.of(GatewayChain.FROM));
    List<Double> committed = committed();
    federation.stop(GatewayChain.FROM);
    List<Double> transmitted = transmitted();
    for (int i = 0; i < committed.size(); i++) {
      part.add("fanout.commit", "a further recipient, until the commit", "µs", committed.get(i));
      part.add(
          "fanout.transmit", "a further recipient, queue to release", "µs", transmitted.get(i));
      part.add(
          "fanout_us",
          "a further recipient of the same envelope, both together",
          "µs",
          committed.get(i) + transmitted.get(i));
    }
    gateway.addTo(results, say);
    part.addTo(results, say);
  }

  /** A further recipient until the commit, each round. */
  private List<Double> committed() throws InterruptedException {
    List<Double> further = new ArrayList<>();
    for (int round = -1; round < effort.repeats(); round++) {
      List<Double> micros = new ArrayList<>();
      for (int recipients : effort.scenarios().recipients()) {
        String name = "fan" + (round + 1) + "-" + recipients;
        double alone = alone(name + "a", recipients);
        double rate = rate(name + "r", recipients);
        micros.add(alone);
        // The first round only warms the gateway up.
        if (round >= 0) {
          gateway.add(
              "fanout.alone." + recipients,
              "alone to " + recipients + ", processor time until the commit",
              "µs",
              alone);
          gateway.add(rateId(recipients), "accepted, each to " + recipients, "messages/s", rate);
        }
      }
      if (round >= 0) {
        further.add(slope(micros.get(0), micros.get(micros.size() - 1)));
      }
    }
    return further;
  }

  private double slope(double ofOne, double ofMost) {
    return (ofMost - ofOne) / (most(effort) - 1);
  }

  private double alone(String name, int recipients) throws InterruptedException {
    WarningStream stream = stream(name, recipients, 1);
    Usage usage = new Usage(federation.pid(GatewayChain.FROM));
    Duration start = usage.processor();
    send(stream, effort.scenarios().fanned());
    return usage.processor().minus(start).toNanos() / MICRO / effort.scenarios().fanned();
  }

  private double rate(String name, int recipients) throws InterruptedException {
    WarningStream stream = stream(name, recipients, WINDOW);
    long start = System.nanoTime();
    send(stream, effort.scenarios().fanned());
    return effort.scenarios().fanned()
        / ((System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1));
  }

  private WarningStream stream(String name, int recipients, int window) {
    federation.disconnect();
    return new WarningStream(
        federation, GatewayChain.FROM, names(recipients), name, Effort.KIB, window);
  }

  private static void send(WarningStream stream, int messages) throws InterruptedException {
    for (int i = 0; i < messages; i++) {
      stream.send();
    }
    stream.awaitAccepted(messages);
  }

  /** A further recipient from the queue to its release, each round. */
  private List<Double> transmitted() {
    Path config = ConfigurationHome.find().folder().resolve("config");
    Path agreements = folder.resolve("agreements");
    try {
      Files.createDirectories(agreements);
      Files.copy(
          config.resolve("agreements").resolve("public-warnings.yaml"),
          agreements.resolve("public-warnings.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int envelopes = Math.min(effort.scenarios().fanned(), MOST_AT_ONCE);
    List<String> all = names(most(effort));
    List<Double> further = new ArrayList<>();
    try (TransmissionProbe transmitting =
        new TransmissionProbe(config, agreements, folder.resolve("data"), all)) {
      transmitting.confirm(WarningStream.draft("confirm", 1, Effort.KIB, all));
      for (int round = -1; round < effort.repeats(); round++) {
        double ofOne =
            transmitting.micros(WarningStream.draft("one", 1, Effort.KIB, names(1)), 1, envelopes);
        double ofMost =
            transmitting.micros(
                WarningStream.draft("most", 1, Effort.KIB, all), all.size(), envelopes);
        if (round >= 0) {
          further.add(slope(ofOne, ofMost));
        }
      }
    }
    return further;
  }
}
