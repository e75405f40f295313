package org.entente.gateway.seal.keys;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;

/** A process that adds numbered keys, destroys every third, and prints what has returned. */
final class KeystoreChild {
  private KeystoreChild() {}

  /** Arguments: the folder and the first number. */
  public static void main(String[] args) {
    Keystore keystore = Keystore.open(Path.of(args[0]), InstantSource.system(), new SecureRandom());
    System.out.println("open");
    for (int number = Integer.parseInt(args[1]); ; number++) {
      String id = Integer.toString(number);
      Instant now = Instant.now();
      keystore.put(new KeyEntry(KeyKind.STORAGE, id, now, KeyEntry.NEVER, secret(number)));
      System.out.println("put " + number);
      if (number % 3 == 0) {
        keystore.destroy(KeyKind.STORAGE, id);
        System.out.println("destroyed " + number);
      }
    }
  }

  static SecretBytes secret(int number) {
    return SecretBytes.takeOver(Sha256.hash(new byte[] {(byte) (number >> 8), (byte) number}));
  }
}
