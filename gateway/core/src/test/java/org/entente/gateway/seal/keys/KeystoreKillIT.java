package org.entente.gateway.seal.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.entente.gateway.testkit.ChildJvm;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the keystore returned for is on the disk when its process is killed. */
class KeystoreKillIT {
  @TempDir private Path temp;

  @Test
  void changes_returnedBeforeKill_areKept() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Path folder = temp.resolve("keys");
    Set<Integer> put = new HashSet<>();
    Set<Integer> destroyed = new HashSet<>();
    for (int round = 0; round < 4; round++) {
      // A new round leaves numbers out: what the last one began without printing may be there.
      for (String line : runAndKill(folder, round * 1000, 10 + random.nextInt(60))) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && words[1].matches("[0-9]+")) {
          (words[0].equals("put") ? put : destroyed).add(Integer.parseInt(words[1]));
        }
      }
      check(folder, put, destroyed, "seed " + seed + ", round " + round);
    }
  }

  private static List<String> runAndKill(Path folder, int first, int linesBeforeKill) {
    try (ChildJvm child =
        ChildJvm.start(KeystoreChild.class, Map.of(), folder.toString(), Integer.toString(first))) {
      assertEquals("open", child.readLine());
      List<String> lines = new ArrayList<>();
      while (lines.size() < linesBeforeKill) {
        String line = child.readLine();
        assertNotNull(line);
        lines.add(line);
      }
      KeystoreFailure locked =
          Assertions.assertThrows(KeystoreFailure.class, () -> open(folder).close());
      assertEquals(Kind.LOCKED, locked.kind());
      child.kill();
      List<String> rest = child.readLines();
      // The last line may be cut by the kill.
      lines.addAll(rest.subList(0, Math.max(0, rest.size() - 1)));
      return lines;
    }
  }

  private static void check(Path folder, Set<Integer> put, Set<Integer> destroyed, String what) {
    assertFalse(put.isEmpty() || destroyed.isEmpty(), what);
    try (Keystore keystore = open(folder)) {
      for (int number : put) {
        Optional<KeyEntry> found = keystore.get(KeyKind.STORAGE, Integer.toString(number));
        if (destroyed.contains(number)) {
          assertTrue(found.isEmpty(), what + ": " + number + " was destroyed");
        } else if (number % 3 != 0) {
          assertEquals(
              KeystoreChild.secret(number),
              found.map(KeyEntry::secret).orElse(null),
              what + ": " + number);
        }
      }
    }
  }

  private static Keystore open(Path folder) {
    return Keystore.open(folder, InstantSource.system(), new SecureRandom());
  }
}
