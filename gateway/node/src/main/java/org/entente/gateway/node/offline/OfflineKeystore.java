package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.jspecify.annotations.Nullable;

/** Operations on the keystore of a stopped node. */
public final class OfflineKeystore {
  private OfflineKeystore() {}

  /**
   * Lists the keys in the keystore, without secrets.
   *
   * @throws StartProblem if it cannot be opened, for example while the node runs
   */
  public static List<KeyDescription> describe(Path config, InstantSource clock) {
    try (Keystore keystore = ConfiguredFiles.read(config, clock).keystore(new SecureRandom())) {
      return keystore.describe();
    }
  }

  /**
   * Protects the keystore with another passphrase, or with none; the configuration names the old
   * one.
   *
   * @param passphrase file with the new one, or null for none
   * @throws StartProblem if it cannot be opened or written
   */
  public static void protect(Path config, @Nullable Path passphrase, InstantSource clock) {
    try (SecretBytes next = passphrase == null ? null : PassphraseReader.read(passphrase);
        Keystore keystore = ConfiguredFiles.read(config, clock).keystore(new SecureRandom())) {
      keystore.protect(next);
    } catch (KeystoreFailure e) {
      throw new StartProblem("keystore: " + e.getMessage(), e);
    }
  }
}
