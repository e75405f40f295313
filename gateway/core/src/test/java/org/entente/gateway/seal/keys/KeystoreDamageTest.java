package org.entente.gateway.seal.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damage, crashes between two writes and disks that refuse: old or new, never half, never wrong.
 */
class KeystoreDamageTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(NOON);
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Map<String, Integer> FILLED =
      new TreeMap<>(
          Map.of("b1", 32, "long", 32, "long2", 32, "file", 5_000, "file2", 5_000, "file3", 5_000));

  @TempDir private Path temp;

  @Test
  void files_layout_isAsDocumented() throws IOException {
    Path folder = filled("layout");
    ByteBuffer days = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("days")));
    assertEquals("ENKD", ascii(days, 4));
    assertEquals(1, days.get());
    assertEquals(1, days.getInt());
    assertEquals(NOON.getEpochSecond() / 86400, days.getInt());
    long number = days.getLong();
    assertEquals(32 + 32, days.remaining());

    ByteBuffer entries = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("entries")));
    assertEquals("ENKE", ascii(entries, 4));
    assertEquals(1, entries.get());
    assertEquals(3, entries.getInt());
    assertEquals(2, entries.get(), "kind STORAGE");
    assertEquals("b1", ascii(entries, entries.get()));
    assertEquals(NOON.toEpochMilli(), entries.getLong());
    assertEquals(NOON.plus(Duration.ofDays(2)).toEpochMilli(), entries.getLong());
    assertEquals(NOON.getEpochSecond() / 86400, entries.getInt());
    assertEquals(number, entries.getLong());
    entries.position(entries.position() + 12);
    assertEquals(1 + 32 + 16, entries.getInt());
  }

  private static String ascii(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, java.nio.charset.StandardCharsets.US_ASCII);
  }

  @Test
  void open_anyBitFlippedOrByteCut_isRefused() throws IOException {
    Path folder = filled("flips");
    for (String name : List.of("entries", "days")) {
      Path file = folder.resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (int at = 0; at < good.length; at++) {
        byte[] flipped = good.clone();
        flipped[at] ^= (byte) (1 << (at % 8));
        Files.write(file, flipped);
        assertEquals(Kind.DAMAGED, refusal(folder).kind(), name + " at " + at);
      }
      for (int length = 0; length < good.length; length += 5) {
        Files.write(file, Arrays.copyOf(good, length));
        assertEquals(Kind.DAMAGED, refusal(folder).kind(), name + " cut to " + length);
      }
      Files.write(file, Arrays.copyOf(good, good.length + 1));
      assertEquals(Kind.DAMAGED, refusal(folder).kind(), name + " with a byte more");
      Files.write(file, good);
    }
    assertEquals(3, count(folder));
  }

  /** With the hash made to fit, what is inside still decides. */
  @Test
  void open_changedUnderAFittingHash_isRefused() throws IOException {
    Path folder = filled("forged");
    Path file = folder.resolve("entries");
    byte[] good = Files.readAllBytes(file);
    for (int at = 5; at < good.length - 32; at++) {
      byte[] changed = good.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      Files.write(file, rehashed(changed));
      assertEquals(Kind.DAMAGED, refusal(folder).kind(), "at " + at);
    }
    byte[] newer = good.clone();
    newer[4] = 2;
    Files.write(file, rehashed(newer));
    assertEquals(Kind.NEWER_FORMAT, refusal(folder).kind());
  }

  private static byte[] rehashed(byte[] file) {
    int content = file.length - Sha256.HASH_BYTES;
    byte[] hash = new Sha256().update(file, 0, content).digest();
    System.arraycopy(hash, 0, file, content, hash.length);
    return file;
  }

  @Test
  void parse_whateverItAccepts_encodesToTheSameBytes() throws IOException {
    Path folder = filled("round trip");
    byte[] entries = Files.readAllBytes(folder.resolve("entries"));
    byte[] days = Files.readAllBytes(folder.resolve("days"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] changed = mutated(i % 2 == 0 ? entries : days, random);
      try {
        byte[] again =
            i % 2 == 0
                ? KeyFile.encodeEntries(KeyFile.parseEntries(changed).values())
                : KeyFile.encodeDays(KeyFile.parseDays(changed));
        assertTrue(Arrays.equals(changed, again), "seed " + seed + ", round " + i);
        accepted++;
      } catch (KeystoreFailure refused) {
        assertFalse(String.valueOf(refused.getMessage()).isEmpty());
      }
    }
    assertTrue(accepted > 1000, "accepted " + accepted + ", seed " + seed);
  }

  private static byte[] mutated(byte[] file, Random random) {
    byte[] changed =
        random.nextInt(4) == 0
            ? Arrays.copyOf(file, Sha256.HASH_BYTES + random.nextInt(file.length))
            : file.clone();
    for (int n = random.nextInt(3); n > 0; n--) {
      changed[5 + random.nextInt(changed.length - 5)] = (byte) random.nextInt(256);
    }
    return rehashed(changed);
  }

  @Test
  void open_fileMissing_isRefusedInsteadOfBegunAnew() throws IOException {
    for (String name : List.of("entries", "days")) {
      Path folder = filled("without " + name);
      Files.delete(folder.resolve(name));
      assertEquals(Kind.DAMAGED, refusal(folder).kind());
    }
  }

  @Test
  void open_unfinishedFilesLeft_areClearedAway() throws IOException {
    Path folder = filled("leftovers");
    Files.write(folder.resolve("entries.new"), new byte[] {1, 2, 3});
    Files.copy(folder.resolve("days"), folder.resolve("days.new"));

    assertEquals(3, count(folder));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("days", "entries", "lock"),
          files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  /** The disk refuses the n-th write of an operation, before or after having done it. */
  @Test
  void change_diskRefusesAtAnyStep_leavesOldOrNew() throws IOException {
    int refused = 0;
    for (Change change : Change.values()) {
      for (boolean written : new boolean[] {false, true}) {
        int step = 1;
        while (failsCleanly(change, step, written, false)) {
          assertTrue(failsCleanly(change, step, written, true));
          step++;
          refused++;
        }
      }
    }
    assertTrue(refused >= 40, "refused " + refused);
  }

  /** The disk also refuses a step while the files are written again after a failure. */
  @Test
  void mending_diskRefusesAtAnyStep_leavesOldOrNew() throws IOException {
    int refused = 0;
    for (Change change : Change.values()) {
      int step = 1;
      Mending mending = mended(change, step, 1);
      while (mending != Mending.NOT_NEEDED) {
        for (int again = 2; mending == Mending.REFUSED; again++) {
          refused++;
          mending = mended(change, step, again);
        }
        step++;
        mending = mended(change, step, 1);
      }
    }
    assertTrue(refused >= 60, "refused " + refused);
  }

  private enum Mending {
    NOT_NEEDED,
    REFUSED,
    DONE
  }

  private Mending mended(Change change, int step, int again) throws IOException {
    String what = change + ", step " + step + ", mending " + again;
    Path folder = filledWithFiles(what);
    Instant later = NOON.plus(Duration.ofDays(3));
    PrivateFolder files = PrivateFolder.open(folder);
    RefusingFiles refusing = new RefusingFiles(files, step, false, step + again);
    Mending mending = Mending.NOT_NEEDED;
    try (Keystore keystore =
        Keystore.open(files, null, InstantSource.fixed(later), RANDOM, refusing)) {
      try {
        run(change, keystore, later);
      } catch (KeystoreFailure e) {
        mending = Mending.DONE;
      }
      try {
        keystore.mend();
        assertTrue(keystore.failure().isEmpty(), what);
      } catch (KeystoreFailure e) {
        assertEquals(Kind.FAILED_EARLIER, e.kind(), what);
        assertTrue(keystore.failure().isPresent(), what);
        mending = Mending.REFUSED;
      }
    }
    requireOldOrNew(change, folder, mending == Mending.NOT_NEEDED, Map.of(), what);
    return mending;
  }

  private enum Change {
    PUT_ON_ANOTHER_DAY,
    PUT_LONG,
    DESTROY,
    EXPIRE,
    /** As an erasure does: several secrets at once, in their files and in entries. */
    REPLACE
  }

  /** Refuses one step, before or after having done it. */
  private static final class RefusingFiles implements KeyFileWriter {
    private final PrivateFolder files;
    private final int step;
    private final boolean written;
    private final int again;
    private int steps;

    RefusingFiles(PrivateFolder files, int step, boolean written, int again) {
      this.again = again;
      this.files = files;
      this.step = step;
      this.written = written;
    }

    private interface Write {
      void run() throws IOException;
    }

    private void run(Write write) throws IOException {
      steps++;
      boolean refuse = steps == step || steps == again;
      if (!refuse || written) {
        write.run();
      }
      if (refuse) {
        throw new IOException("refused");
      }
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
      run(() -> files.replace(name, content));
    }

    @Override
    public void create(String name, byte[] content) throws IOException {
      if (steps + 1 == step && !written) {
        files.create(name, Arrays.copyOf(content, 7));
      }
      run(() -> files.create(name, content));
    }

    @Override
    public void delete(String name) throws IOException {
      run(() -> files.delete(name));
    }

    @Override
    public void sync() throws IOException {
      run(files::sync);
    }
  }

  private boolean failsCleanly(Change change, int step, boolean written, boolean mended)
      throws IOException {
    String what =
        change + ", step " + step + (written ? " done" : " not done") + (mended ? ", mended" : "");
    Path folder = filledWithFiles(what);
    Instant later = NOON.plus(Duration.ofDays(3));
    PrivateFolder files = PrivateFolder.open(folder);
    RefusingFiles refusing = new RefusingFiles(files, step, written, 0);
    boolean refused = false;
    try (Keystore keystore =
        Keystore.open(files, null, InstantSource.fixed(later), RANDOM, refusing)) {
      try {
        run(change, keystore, later);
      } catch (KeystoreFailure e) {
        refused = true;
        assertEquals(Kind.IO, e.kind(), what);
        assertTrue(keystore.failure().isPresent(), what);
        assertEquals(
            32, keystore.get(KeyKind.STORAGE, "long2").orElseThrow().secret().length(), what);
        if (mended) {
          keystore.put(entry("further", later, Duration.ofDays(1)));
          assertTrue(keystore.failure().isEmpty(), what);
        }
      }
    }
    requireOldOrNew(
        change, folder, !refused, refused && mended ? Map.of("further", 32) : Map.of(), what);
    return refused;
  }

  private static void run(Change change, Keystore keystore, Instant now) {
    switch (change) {
      case PUT_ON_ANOTHER_DAY -> keystore.put(entry("new", now, Duration.ofDays(1)));
      case PUT_LONG -> keystore.put(entry("new", now, 5_000));
      case DESTROY -> keystore.destroy(KeyKind.STORAGE, "long");
      case EXPIRE -> keystore.expire(now);
      case REPLACE ->
          keystore.replace(
              List.of(
                  entry("long", NOON, 3_000),
                  entry("file", NOON, 4_000),
                  entry("file2", NOON, 33)));
    }
  }

  /** Ids with the lengths of their secrets. */
  private static Map<String, Integer> held(Keystore keystore) {
    Map<String, Integer> out = new TreeMap<>();
    for (KeyEntry entry : keystore.list(KeyKind.STORAGE)) {
      try (entry) {
        out.put(entry.id(), entry.secret().length());
      }
    }
    return out;
  }

  private static Map<String, Integer> after(Change change) {
    Map<String, Integer> after = new TreeMap<>(FILLED);
    switch (change) {
      case PUT_ON_ANOTHER_DAY -> after.put("new", 32);
      case PUT_LONG -> after.put("new", 5_000);
      case DESTROY -> after.remove("long");
      case EXPIRE -> after.keySet().removeAll(List.of("b1", "file3"));
      case REPLACE -> after.putAll(Map.of("long", 3_000, "file", 4_000, "file2", 33));
    }
    return after;
  }

  private static void requireOldOrNew(
      Change change, Path folder, boolean done, Map<String, Integer> more, String what)
      throws IOException {
    Instant noon = NOON;
    try (Keystore keystore = Keystore.open(folder, InstantSource.fixed(noon), RANDOM)) {
      Map<String, Integer> held = held(keystore);
      assertTrue(held.entrySet().containsAll(more.entrySet()), what + ": " + held);
      held.keySet().removeAll(more.keySet());
      assertTrue(held.equals(after(change)) || (!done && held.equals(FILLED)), what + ": " + held);
      long files = held.values().stream().filter(length -> length > 1_024).count();
      try (Stream<Path> all = Files.list(folder)) {
        assertEquals(3 + files, all.count(), what + ": no file is left over");
      }
      keystore.put(entry("afterwards", noon, Duration.ofDays(1)));
    }
  }

  private Path filled(String name) {
    Path folder = temp.resolve(name);
    List<KeyEntry> entries = new ArrayList<>();
    entries.add(entry("long", NOON, Duration.ofDays(30)));
    entries.add(entry("long2", NOON, Duration.ofDays(30)));
    entries.add(entry("b1", NOON, Duration.ofDays(2)));
    return filled(folder, entries);
  }

  /** The same with secrets in files of their own. */
  private Path filledWithFiles(String name) {
    Path folder = filled(name);
    return filled(
        folder,
        List.of(
            entry("file", NOON, 5_000),
            entry("file2", NOON, 5_000),
            new KeyEntry(
                KeyKind.STORAGE,
                "file3",
                NOON,
                NOON.plus(Duration.ofDays(2)),
                SecretBytes.random(RANDOM, 5_000))));
  }

  private static Path filled(Path folder, List<KeyEntry> entries) {
    try (Keystore keystore = Keystore.open(folder, CLOCK, RANDOM)) {
      entries.forEach(keystore::put);
    }
    return folder;
  }

  private static KeyEntry entry(String id, Instant now, Duration life) {
    return new KeyEntry(KeyKind.STORAGE, id, now, now.plus(life), SecretBytes.random(RANDOM, 32));
  }

  private static KeyEntry entry(String id, Instant created, int bytes) {
    return new KeyEntry(
        KeyKind.STORAGE,
        id,
        created,
        created.plus(Duration.ofDays(30)),
        SecretBytes.random(RANDOM, bytes));
  }

  private static int count(Path folder) {
    try (Keystore keystore = Keystore.open(folder, CLOCK, RANDOM)) {
      return keystore.list(KeyKind.STORAGE).size();
    }
  }

  private static KeystoreFailure refusal(Path folder) {
    return assertThrows(KeystoreFailure.class, () -> Keystore.open(folder, CLOCK, RANDOM).close());
  }
}
