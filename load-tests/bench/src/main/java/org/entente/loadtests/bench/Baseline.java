package org.entente.loadtests.bench;

import java.util.Comparator;
import java.util.regex.Pattern;

/** Systems in use today, run by {@code load-tests/baselines} on a separate class path. */
enum Baseline {
  /** Two Artemis brokers with a core bridge. */
  ARTEMIS(Subject.ARTEMIS, "Artemis", "artemis_ratio"),
  /** Two NATS servers, one a leaf node of the other. */
  NATS(Subject.NATS, "Nats", "nats_ratio"),
  /** An AS4 sender and receiver. */
  AS4(Subject.AS4, "As4", "as4_speedup");

  private final Subject subject;
  private final String mainClass;
  private final String ratio;

  Baseline(Subject subject, String mainClass, String ratio) {
    this.subject = subject;
    this.mainClass = mainClass;
    this.ratio = ratio;
  }

  Subject subject() {
    return subject;
  }

  String mainClass() {
    return "org.entente.loadtests.baselines." + mainClass;
  }

  /** Id of the ratio of the gateways' throughput to this one's. */
  String ratio() {
    return ratio;
  }

  /** Prefix of the ids of its figures. */
  String prefix() {
    return ratio.substring(0, ratio.indexOf('_')) + ".";
  }

  /** Id of its messages per second at the number of senders at which it carries most. */
  String bestRate(Results results) {
    return results.figures().stream()
        .filter(figure -> figure.id().matches(Pattern.quote(prefix()) + "rate(\\.\\d+)?"))
        .max(Comparator.comparingDouble(figure -> figure.spread().median()))
        .map(Figure::id)
        .orElse(prefix() + "rate");
  }
}
