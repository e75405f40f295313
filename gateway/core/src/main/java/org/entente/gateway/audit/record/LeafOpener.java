package org.entente.gateway.audit.record;

import java.util.Optional;

/** Decrypts the sealed record of a leaf with the leaf's key. Safe for use by many threads. */
@FunctionalInterface
public interface LeafOpener {

  /** An opener without keys: nothing opens. */
  LeafOpener WITHOUT_KEYS = (index, bytes) -> Optional.empty();

  /** The plaintext; empty when its key is gone or the bytes were changed, without telling which. */
  Optional<byte[]> open(long index, byte[] sealed);
}
