package org.entente.gateway.node.keys;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.keys.Keystore;

/** Takes keys from the keystore of a gateway that does not run. */
public final class KeystoreTheft {
  private KeystoreTheft() {}

  /** The recipient key of this id, which the caller closes. */
  public static XWingPrivateKey dayKey(Path folder, RecipientKeyId id, InstantSource clock) {
    try (Keystore keystore = Keystore.open(folder, clock, new SecureRandom())) {
      return new KeyProvider(keystore, clock, new SecureRandom())
          .recipientKeys()
          .find(id)
          .orElseThrow();
    }
  }
}
