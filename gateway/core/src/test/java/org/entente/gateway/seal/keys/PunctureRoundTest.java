package org.entente.gateway.seal.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.gateway.testkit.FolderCopy;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A crash at each step of a round of erasures: what was to be forgotten is held as before or
 * forgotten, all of it alike, and nothing else changes. Threat 70.
 */
class PunctureRoundTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final int STEPS = 12;
  private static final int SERIALS = 200;

  /** Of one part much is forgotten (a file), of one little (an entry), of one nothing. */
  private static final long MUCH = 0xaaaaL;

  private static final long LITTLE = 0xbbbbL;
  private static final long NOTHING = 0xccccL;

  private final SecureRandom random = new SecureRandom();
  private final Set<MessageLeaf> forgotten = new HashSet<>();
  private final List<MessageLeaf> next =
      List.of(MessageLeaf.of(MUCH, 100), MessageLeaf.of(LITTLE, 100), MessageLeaf.of(NOTHING, 100));

  @TempDir private Path temp;
  private Path folder;

  @BeforeEach
  void begin() throws IOException {
    folder = temp.resolve("keys");
    for (int serial = 0; serial < 50; serial++) {
      forgotten.add(MessageLeaf.of(MUCH, serial));
    }
    forgotten.add(MessageLeaf.of(LITTLE, 0));
    PrivateFolder files = PrivateFolder.open(folder);
    try (Keystore keystore = Keystore.open(files, null, () -> NOON, random, files)) {
      keystore.put(entry(KeyKind.STORAGE, "b", SecretBytes.random(random, 32)));
      forget(keystore, List.copyOf(forgotten));
    }
  }

  private static KeyEntry entry(KeyKind kind, String id, SecretBytes secret) {
    return new KeyEntry(kind, id, NOON, NOON.plus(Duration.ofDays(30)), secret);
  }

  private static BucketKey bucket(Keystore keystore) {
    return BucketKey.of(
        keystore.get(KeyKind.STORAGE, "b").orElseThrow().secret(),
        part -> keystore.get(KeyKind.STORAGE_PART, "b/" + part).map(KeyEntry::secret));
  }

  private static void forget(Keystore keystore, List<MessageLeaf> leaves) {
    BucketKey.PuncturedState state = bucket(keystore).without(leaves).orElseThrow();
    List<KeyEntry> entries = new ArrayList<>();
    SecretBytes secret = state.bucket();
    if (secret != null) {
      entries.add(entry(KeyKind.STORAGE, "b", secret));
    }
    state
        .parts()
        .forEach((part, left) -> entries.add(entry(KeyKind.STORAGE_PART, "b/" + part, left)));
    keystore.replace(entries);
  }

  /** Ends as a crash would: the given step is done or not, and none after it. */
  private static final class CrashingFiles implements KeyFileWriter {
    private final PrivateFolder files;
    private int left;

    CrashingFiles(PrivateFolder files, int steps) {
      this.files = files;
      this.left = steps;
    }

    private void step() throws IOException {
      if (left-- <= 0) {
        throw new IOException("crashed");
      }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
      step();
      files.replace(name, content);
    }

    @Override
    public void create(String name, byte[] content) throws IOException {
      step();
      files.create(name, content);
    }

    @Override
    public void delete(String name) throws IOException {
      step();
      files.delete(name);
    }

    @Override
    public void sync() throws IOException {
      step();
      files.sync();
    }
  }

  @Test
  void crash_afterAnyStep_forgetsAllOrNothing_andWhatReturnedIsForgotten() throws IOException {
    Set<Boolean> outcomes = new HashSet<>();
    boolean returned = false;
    for (int steps = 0; steps < STEPS; steps++) {
      Path copy = copy("crash-" + steps);
      returned = crashesAfter(steps, copy);
      outcomes.add(requireAllOrNothing(copy, "after " + steps + " steps"));
      if (returned) {
        assertTrue(steps >= 7, "the round is of " + steps + " steps");
        break;
      }
    }
    assertTrue(returned);
    assertEquals(Set.of(true, false), outcomes);
  }

  private boolean crashesAfter(int steps, Path copy) throws IOException {
    PrivateFolder files = PrivateFolder.open(copy);
    try (Keystore keystore =
        Keystore.open(files, null, () -> NOON, random, new CrashingFiles(files, steps))) {
      forget(keystore, next);
      for (MessageLeaf leaf : next) {
        assertTrue(!bucket(keystore).holds(leaf));
      }
      return true;
    } catch (KeystoreFailure crashed) {
      assertEquals(KeystoreFailure.Kind.IO, crashed.kind());
      return false;
    }
  }

  private boolean requireAllOrNothing(Path copy, String what) {
    try (Keystore keystore = Keystore.open(copy, () -> NOON, random)) {
      BucketKey bucket = bucket(keystore);
      boolean done = !bucket.holds(next.get(0));
      for (long part : new long[] {MUCH, LITTLE, NOTHING}) {
        for (int serial = 0; serial < SERIALS; serial++) {
          MessageLeaf leaf = MessageLeaf.of(part, serial);
          boolean gone = forgotten.contains(leaf) || (done && next.contains(leaf));
          assertEquals(!gone, bucket.holds(leaf), what + ", serial " + serial);
        }
      }
      return done;
    }
  }

  private Path copy(String name) throws IOException {
    Path copy = temp.resolve(name);
    FolderCopy.of(folder, copy);
    return copy;
  }
}
