package org.entente.loadtests.bench;

/**
 * A measured system and the protection that it gives to messages, which every comparison states.
 */
enum Subject {
  /** Two gateways. */
  ENTENTE(
      "Entente",
      "sealed to the recipient and signed, policy-checked at both ends, in a signed log, synced to"
          + " disk at both gateways before it is acknowledged; TLS 1.3 with X25519MLKEM768"),
  /** The pass-through chain. */
  RAW("raw chain", "the same TLS; nothing sealed, signed, checked or kept"),
  /** The pass-through chain with files. */
  DURABLE(
      "durable raw chain",
      "the same TLS, synced to disk at both hops; nothing sealed, signed or checked"),
  /** AS4 by phase4. */
  AS4(
      "AS4 (phase4)",
      "signed (RSA-2048, SHA-256) and encrypted (AES-128-GCM, RSA-OAEP), signed receipt; nothing"
          + " kept on disk, no policy, plain HTTP, one hop"),
  /** Two Artemis brokers. */
  ARTEMIS(
      "Artemis",
      "synced to disk at both brokers, duplicates dropped; TLS 1.3; brokers read everything:"
          + " nothing sealed, signed or policy-checked"),
  /** Two NATS servers. */
  NATS(
      "NATS JetStream",
      "synced to disk at both servers; TLS 1.3; servers read everything: nothing sealed, signed or"
          + " policy-checked"),
  /** {@code curl} and {@code openssl s_server}. */
  CURL("curl", "the same TLS, one hop; nothing sealed, signed, checked, synced or kept"),
  /** The bridge {@code entente kafka} and a broker. */
  KAFKA(
      "Entente into Kafka",
      "as Entente up to the bridge, each message once; in the topic what the broker protects, here"
          + " nothing, and nothing synced"),
  /** A part of a gateway, in the process that measures. */
  PART("part of a gateway", "one stage alone; protects nothing"),
  /** A ratio of two other figures. */
  RATIO("ratio", "both sides measured in this run");

  private final String title;
  private final String protects;

  Subject(String title, String protects) {
    this.title = title;
    this.protects = protects;
  }

  String title() {
    return title;
  }

  String protects() {
    return protects;
  }
}
