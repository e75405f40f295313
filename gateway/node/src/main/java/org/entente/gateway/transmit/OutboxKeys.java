package org.entente.gateway.transmit;

import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;

/**
 * The keys under which content keys wait for their recipients. They rotate; one lives as long as
 * mail that waits under it. Safe for many threads.
 */
public interface OutboxKeys {
  /**
   * A key under its name.
   *
   * @param id stands beside what it wraps
   * @param key 32 bytes, not to be closed
   */
  record NamedKey(String id, SecretBytes key) {}

  /** The key for what is sealed now. */
  NamedKey current();

  /** A key by its name; empty once it is destroyed. */
  Optional<SecretBytes> find(String id);
}
