package org.entente.gateway.intake;

import java.util.HexFormat;

/**
 * Under what an outcome is remembered.
 *
 * @param client who published
 * @param key the client's idempotency key
 * @param draftHash keyed hash of the draft, in hex
 */
record OutcomeKey(String client, String key, String draftHash) {
  static OutcomeKey of(String client, String key, byte[] draftHash) {
    return new OutcomeKey(client, key, HexFormat.of().formatHex(draftHash));
  }

  byte[] hash() {
    return HexFormat.of().parseHex(draftHash);
  }

  /** What two calls with one idempotency key have in common, whatever their content. */
  String slot() {
    return client + '/' + key;
  }
}
