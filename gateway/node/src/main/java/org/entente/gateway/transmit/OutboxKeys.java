package org.entente.gateway.transmit;

import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;

/**
 * The keys that wrap the content keys of queued mail. They rotate; each lives as long as mail that
 * uses it. Safe for many threads.
 */
public interface OutboxKeys {
  /**
   * A key with its name.
   *
   * @param id stored beside the wrapped key
   * @param key 32 bytes, not to be closed
   */
  record NamedKey(String id, SecretBytes key) {}

  /** The key for envelopes sealed now. */
  NamedKey current();

  /** A key by its name; empty once it is destroyed. */
  Optional<SecretBytes> find(String id);
}
