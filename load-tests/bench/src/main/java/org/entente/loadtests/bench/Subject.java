package org.entente.loadtests.bench;

import java.awt.Color;

/**
 * A measured system: the protection that it gives to messages, which every comparison states, and
 * its colour in all charts. The colours are those of Okabe and Ito, which colour-blind readers can
 * distinguish; in grey, marks and the names of bars tell systems apart.
 */
enum Subject {
  /** Two gateways. */
  ENTENTE(
      "Entente",
      0x0072b2,
      "sealed to the recipient and signed, policy-checked at both ends, in a signed log, synced to"
          + " disk at both gateways before it is acknowledged; TLS 1.3 with X25519MLKEM768"),
  /** The sender's gateway on three machines. */
  CLUSTER("Entente on three machines", 0x56b4e9, ENTENTE.protects),
  /** The pass-through chain. */
  RAW("raw chain", 0x000000, "the same TLS; nothing sealed, signed, checked or kept"),
  /** The pass-through chain with files. */
  DURABLE(
      "durable raw chain",
      0x808080,
      "the same TLS, synced to disk at both hops; nothing sealed, signed or checked"),
  /** AS4 by phase4. */
  AS4(
      "AS4 (phase4)",
      0x009e73,
      "signed (RSA-2048, SHA-256) and encrypted (AES-128-GCM, RSA-OAEP), signed receipt; nothing"
          + " kept on disk, no policy, plain HTTP, one hop"),
  /** Two Artemis brokers. */
  ARTEMIS(
      "Artemis",
      0xd55e00,
      "synced to disk at both brokers, duplicates dropped; TLS 1.3; brokers read everything:"
          + " nothing sealed, signed or policy-checked"),
  /** Two NATS servers. */
  NATS(
      "NATS JetStream",
      0xe69f00,
      "synced to disk at both servers; TLS 1.3; servers read everything: nothing sealed, signed or"
          + " policy-checked"),
  /** {@code curl} and {@code openssl s_server}. */
  CURL("curl", 0x8c6d31, "the same TLS, one hop; nothing sealed, signed, checked, synced or kept"),
  /** The bridge {@code entente kafka} and a broker. */
  KAFKA(
      "Entente into Kafka",
      0xcc79a7,
      "as Entente up to the bridge, each message once; in the topic what the broker protects, here"
          + " nothing, and nothing synced"),
  /** A part of a gateway, in the process that measures. */
  PART("part of a gateway", 0xa0a0a0, "one stage alone; protects nothing"),
  /** A ratio of two other figures. */
  RATIO("ratio", 0xa0a0a0, "both sides measured in this run");

  private final String title;
  private final Color colour;
  private final String protects;

  Subject(String title, int colour, String protects) {
    this.title = title;
    this.colour = new Color(colour);
    this.protects = protects;
  }

  String title() {
    return title;
  }

  Color colour() {
    return colour;
  }

  String protects() {
    return protects;
  }
}
