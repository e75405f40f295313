package org.entente.gateway.seal;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.RecipientKeyId;

/**
 * Storage of this agency's recipient keys, outside the ledger and outside ordinary backups. Safe
 * for use by many threads; storage failures are exceptions.
 */
public interface RecipientKeyHolder {
  /** All keys that have not been destroyed. */
  List<KeyValidity> held();

  /** Keeps a copy of a new key; durable on return. */
  void keep(KeyValidity validity, XWingPrivateKey key);

  /**
   * A copy of the key with an id, which the caller closes; empty if it was never held or has been
   * destroyed.
   */
  Optional<XWingPrivateKey> find(RecipientKeyId id);

  /**
   * Destroys a key permanently; on return no copy is left here. No error if the key is not held.
   */
  void destroy(RecipientKeyId id);
}
