package org.entente.gateway.node.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.crypto.XWingPrivateKey;
import org.entente.gateway.seal.format.RecipientKeyId;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.testkit.FolderCopy;

/** Takes recipient keys from keystores. */
public final class KeystoreTheft {
  private KeystoreTheft() {}

  /** A key of a gateway that does not run, which the caller closes. */
  public static Optional<XWingPrivateKey> dayKey(
      Path folder, RecipientKeyId id, InstantSource clock) {
    try (Keystore keystore = Keystore.open(folder, clock, new SecureRandom())) {
      return new KeyProvider(keystore, clock, new SecureRandom()).recipientKeys().find(id);
    }
  }

  /** The same of a gateway that may run, from a copy of its files. */
  public static Optional<XWingPrivateKey> dayKeyOfACopy(
      Path folder, RecipientKeyId id, InstantSource clock) {
    Path copy = folder.resolveSibling("keystore-stolen");
    try {
      FolderCopy.of(folder, copy);
      Optional<XWingPrivateKey> key = dayKey(copy, id, clock);
      for (Path file : tree(copy).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> tree(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.toList();
    }
  }
}
