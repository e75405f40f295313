package org.entente.loadtests.bench;

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

  /** Id of its messages per second. */
  String rate() {
    return prefix() + "rate";
  }
}
