package org.entente.gateway.audit.record;

import java.util.Optional;

/** Opens what stands behind a leaf, for those who have its key. Safe for use by many threads. */
@FunctionalInterface
public interface LeafOpener {

  /** For whoever has no keys: nothing opens. */
  LeafOpener WITHOUT_KEYS = (index, bytes) -> Optional.empty();

  /** The plaintext; empty when its key is gone or it was changed, which is not told apart. */
  Optional<byte[]> open(long index, byte[] sealed);
}
