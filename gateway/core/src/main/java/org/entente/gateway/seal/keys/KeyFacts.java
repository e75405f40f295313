package org.entente.gateway.seal.keys;

import java.time.Instant;

/**
 * An entry without its secret, with the bounds of {@link KeyEntry}.
 *
 * @param created when it was made
 * @param expires when it ends
 */
record KeyFacts(KeyName name, Instant created, Instant expires) {
  static KeyFacts of(KeyEntry entry) {
    return new KeyFacts(entry.name(), entry.created(), entry.expires());
  }

  boolean isExpired(Instant now) {
    return !expires.isAfter(now);
  }
}
