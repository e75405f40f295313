package org.entente.gateway.seal.keys;

import java.time.Instant;

/**
 * A key without its secret.
 *
 * @param id as that of a {@link KeyEntry}
 * @param expires when it ends, or {@link KeyEntry#NEVER}
 */
public record KeyDescription(KeyKind kind, String id, Instant created, Instant expires) {
  /** Checks the id. */
  public KeyDescription {
    var unused = new KeyName(kind, id);
  }

  KeyName name() {
    return new KeyName(kind, id);
  }
}
