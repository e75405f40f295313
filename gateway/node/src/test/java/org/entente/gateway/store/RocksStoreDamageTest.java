package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.entente.gateway.store.StoreFailure.Kind;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damage on the disk is refused, or is the cut tail that a crash leaves; never silently wrong. */
class RocksStoreDamageTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final int VALUE = 300;
  private static final int COMMITS = 400;

  @TempDir private static Path written;
  private static Path template;

  @TempDir private Path temp;
  private Path killed;
  private int copies;

  @BeforeAll
  static void storeOfAKilledProcess() {
    Path live = written.resolve("live");
    try (RocksStore store = RocksStore.open(live, OPTIONS)) {
      NumberedCommits.commit(store, 1, COMMITS, VALUE, Durability.SYNCED);
      template = NumberedCommits.copy(live, written.resolve("killed"));
    }
  }

  @BeforeEach
  void copyIt() {
    killed = NumberedCommits.copy(template, temp.resolve("killed"));
  }

  @Test
  void open_afterKill_hasEveryCommit() {
    try (RocksStore store = RocksStore.open(killed, OPTIONS)) {
      assertEquals(COMMITS, NumberedCommits.count(store, VALUE));
      assertEquals(
          1, NumberedCommits.files(killed, ".log").size(), "replayed logs are gone once open");
    }
  }

  @Test
  void open_logCutAtAnyByteOfTheTail_losesOnlyTheTail() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    int before = COMMITS;
    for (int cut = 1; cut < 1000; cut += 37) {
      Path dir = copy();
      Files.write(newestLog(dir), Arrays.copyOf(log, log.length - cut));
      try (RocksStore store = RocksStore.open(dir, OPTIONS)) {
        int count = NumberedCommits.count(store, VALUE);
        assertTrue(count <= before && count >= COMMITS - 1 - cut / VALUE, cut + ": " + count);
        before = count;
        NumberedCommits.commit(store, count + 1, count + 3, VALUE, Durability.SYNCED);
      }
      try (RocksStore store = RocksStore.open(dir, OPTIONS)) {
        assertEquals(
            before + 3, NumberedCommits.count(store, VALUE), "commits after a cut tail last");
      }
    }
    assertTrue(before < COMMITS);
  }

  /** Attack: a member has values kept that are whole records of a log, wherever the log is cut. */
  @Test
  void open_logCutWithinValuesThatLookLikeRecords_losesOnlyTheTail() throws IOException {
    for (byte[] looksWhole : List.of(emptyRecord(), batchRecord())) {
      Path live = temp.resolve("live " + looksWhole.length);
      byte[] value = new byte[100_000];
      for (int at = 0; at < value.length; at++) {
        value[at] = looksWhole[at % looksWhole.length];
      }
      try (RocksStore store = RocksStore.open(live, OPTIONS)) {
        store.commit(store.batch().put(Table.META, new byte[] {1}, new byte[1]), Durability.SYNCED);
        store.commit(store.batch().put(Table.INBOX, new byte[] {1}, value), Durability.SYNCED);
        killed = NumberedCommits.copy(live, temp.resolve("killed " + looksWhole.length));
      }
      byte[] log = Files.readAllBytes(newestLog(killed));
      for (int cut = 1; cut < 100_100; cut += 3_989) {
        Path dir = copy();
        Files.write(newestLog(dir), Arrays.copyOf(log, log.length - cut));
        try (RocksStore store = RocksStore.open(dir, OPTIONS)) {
          assertNotNull(store.get(Table.META, new byte[] {1}), "cut by " + cut);
          assertNull(store.get(Table.INBOX, new byte[] {1}), "cut by " + cut);
        }
      }
    }
  }

  /** Attack: what tells a batch in a log is looked up in a stolen backup, or remembered. */
  @Test
  void markOfALog_isOfOneOpening_andInNoOtherFile() throws IOException {
    Path dir = temp.resolve("store");
    Set<String> marks = new HashSet<>();
    for (int opening = 0; opening < 2; opening++) {
      try (RocksStore store = RocksStore.open(dir, OPTIONS)) {
        NumberedCommits.commit(store, 1 + opening, 1 + opening, VALUE, Durability.SYNCED);
        String mark = latin(newestLog(dir)).substring(21, 37);
        assertTrue(marks.add(mark));
        store.flush();
        for (Path file : NumberedCommits.files(dir, "")) {
          assertTrue(
              String.valueOf(file.getFileName()).endsWith(".log") || !latin(file).contains(mark),
              file.toString());
        }
      }
    }
  }

  private static String latin(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  /** Nothing is known by it alone: it is no reason to go back to a backup. */
  @Test
  void open_identityDamaged_losesNothing() throws IOException {
    Files.write(killed.resolve("IDENTITY"), new byte[36]);
    try (RocksStore store = RocksStore.open(killed, OPTIONS)) {
      assertEquals(COMMITS, NumberedCommits.count(store, VALUE));
    }
  }

  private static byte[] emptyRecord() {
    return record(new byte[0]);
  }

  /** A batch without changes, of another opening. */
  private static byte[] batchRecord() {
    Map<Table, Integer> families = new EnumMap<>(Table.class);
    for (Table table : Table.values()) {
      families.put(table, 1 + families.size());
    }
    return record(new BatchEncoder(families, new byte[16]).encode(new Batch()));
  }

  /** A record as RocksDB writes it, of type 1: it holds a whole batch. */
  private static byte[] record(byte[] payload) {
    byte[] out = new byte[7 + payload.length];
    out[4] = (byte) payload.length;
    out[6] = 1;
    System.arraycopy(payload, 0, out, 7, payload.length);
    CRC32C crc = new CRC32C();
    crc.update(out, 6, 1 + payload.length);
    int masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    for (int i = 0; i < Integer.BYTES; i++) {
      out[i] = (byte) (masked >>> (Byte.SIZE * i));
    }
    return out;
  }

  @Test
  void open_zerosBehindTheLog_losesNothing() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    Files.write(newestLog(killed), Arrays.copyOf(log, log.length + 70_000));

    try (RocksStore store = RocksStore.open(killed, OPTIONS)) {
      assertEquals(COMMITS, NumberedCommits.count(store, VALUE));
    }
  }

  @Test
  void open_bitFlippedInTheLog_isRefused() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int bit = random.nextInt(8 * log.length);
      requireRefused(flipped(log, bit), "bit " + bit + ", seed " + seed);
    }
  }

  /** Nothing follows it that would tell damage from a crash; it was acknowledged all the same. */
  @Test
  void open_anyBitFlippedInTheHeadOfTheLastRecord_isRefused() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    int last = records(log).stream().reduce((one, next) -> next).orElseThrow();
    assertTrue(log.length - last > 7 + VALUE, "a whole commit");
    for (int bit = 0; bit < 8 * 7; bit++) {
      requireRefused(flipped(log, 8 * last + bit), "bit " + bit + " of the last record");
    }
    byte[] zeroed = log.clone();
    Arrays.fill(zeroed, last, last + 64, (byte) 0);
    requireRefused(zeroed, "zeros where the last record begins");
  }

  @Test
  void open_bitFlippedInAnyLengthOfTheLog_isRefused() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    List<Integer> records = records(log);
    for (int record = 0; record < records.size(); record++) {
      int at = records.get(record);
      if (record % 24 == 0) {
        requireRefused(flipped(log, 8 * (at + 5) + 7), "length at " + at + ", highest bit");
        requireRefused(flipped(log, 8 * (at + 5)), "length at " + at + ", middle bit");
        requireRefused(
            flipped(log, 8 * (at + 4) + record / 24 % 8), "length at " + at + ", low bit");
      }
    }
    assertTrue(records.size() > COMMITS / 2, "walked over the records");
  }

  /** Where the records of a log begin. */
  private static List<Integer> records(byte[] log) {
    List<Integer> records = new ArrayList<>();
    for (int at = 0; at < log.length; ) {
      records.add(at);
      at += 7 + ((log[at + 4] & 0xff) | (log[at + 5] & 0xff) << 8);
      at += (32768 - at % 32768) < 7 ? 32768 - at % 32768 : 0;
    }
    return records;
  }

  @Test
  void open_sectorOfZerosInTheLog_isRefused() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    for (int at = 0; at < log.length - 2048; at += 512 * 23) {
      byte[] zeroed = log.clone();
      Arrays.fill(zeroed, at, at + 512, (byte) 0);
      requireRefused(zeroed, "sector at " + at);
    }
  }

  @Test
  void openCuttingLogAtDamage_keepsWhatStandsBefore() throws IOException {
    byte[] log = Files.readAllBytes(newestLog(killed));
    Files.write(newestLog(killed), flipped(log, 4 * log.length));
    assertThrows(StoreFailure.class, () -> RocksStore.open(killed, OPTIONS));

    int kept;
    try (RocksStore store = RocksStore.openCuttingLogAtDamage(killed, OPTIONS)) {
      kept = NumberedCommits.count(store, VALUE);
      assertTrue(kept > COMMITS / 3 && kept < COMMITS * 2 / 3, "kept " + kept);
      NumberedCommits.commit(store, kept + 1, kept + 10, VALUE, Durability.SYNCED);
    }
    try (RocksStore store = RocksStore.open(killed, OPTIONS)) {
      assertEquals(kept + 10, NumberedCommits.count(store, VALUE));
    }
  }

  @Test
  void open_olderLogMissingOrShortened_isRefused() throws IOException {
    Path live = temp.resolve("several logs");
    RocksOptions small = new RocksOptions(1 << 20, 4 << 20, 64 << 20, 64, 2);
    try (RocksStore store = RocksStore.open(live, small)) {
      store.commit(store.batch().put(Table.META, new byte[] {1}, new byte[1]), Durability.SYNCED);
      for (int i = 0; NumberedCommits.files(live, ".log").size() < 3; i++) {
        byte[] key = KeyBuilder.key().u32(i).done();
        store.commit(store.batch().put(Table.ENVELOPE, key, new byte[100_000]), Durability.SYNCED);
      }
      killed = NumberedCommits.copy(live, temp.resolve("several logs, killed"));
    }
    List<String> logs =
        NumberedCommits.files(killed, ".log").stream()
            .map(f -> f.getFileName().toString())
            .toList();
    assertTrue(logs.size() > 1, logs + " of the killed process");
    for (String log : logs.subList(0, logs.size() - 1)) {
      Path missing = copy();
      Files.delete(missing.resolve(log));
      assertEquals(Kind.CORRUPT, refusal(missing).kind(), log + " missing");
      Path shortened = copy();
      byte[] bytes = Files.readAllBytes(shortened.resolve(log));
      Files.write(shortened.resolve(log), Arrays.copyOf(bytes, bytes.length - 3));
      assertEquals(Kind.CORRUPT, refusal(shortened).kind(), log + " shortened");
    }
    RocksStore.open(killed, small).close();
  }

  @Test
  void read_bitFlippedInASortedFile_isNeverSilentlyWrong() throws IOException {
    RocksStore.open(killed, OPTIONS).close();
    List<Path> files = NumberedCommits.files(killed, ".sst");
    assertFalse(files.isEmpty());
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int noticed = 0;
    for (int i = 0; i < 60; i++) {
      Path dir = copy();
      Path file = dir.resolve(files.get(i % files.size()).getFileName());
      byte[] bytes = Files.readAllBytes(file);
      int bit = random.nextInt(8 * bytes.length);
      Files.write(file, flipped(bytes, bit));
      noticed += isNoticed(dir, "bit " + bit + " of " + file + ", seed " + seed) ? 1 : 0;
    }
    assertTrue(noticed > 40, "noticed " + noticed + " of 60, seed " + seed);
  }

  /** Whether reading everything fails; if it does not, everything must be right. */
  private static boolean isNoticed(Path dir, String what) {
    try (RocksStore store = RocksStore.open(dir, OPTIONS)) {
      try {
        assertEquals(COMMITS, NumberedCommits.count(store, VALUE), what);
        store.verify();
        return false;
      } catch (StoreFailure e) {
        assertEquals(Kind.CORRUPT, e.kind(), what + ": " + e.getMessage());
        assertEquals(StoreState.Status.FAILED, store.state().status(), what);
        assertThrows(
            StoreFailure.class, () -> store.commit(store.batch(), Durability.SYNCED), what);
        return true;
      }
    } catch (StoreFailure e) {
      assertEquals(Kind.CORRUPT, e.kind(), what + ": " + e.getMessage());
      return true;
    }
  }

  @Test
  void open_bitFlippedInTheManifest_isNeverSilentlyWrong() throws IOException {
    RocksStore.open(killed, OPTIONS).close();
    Path manifest = manifest(killed);
    byte[] bytes = Files.readAllBytes(manifest);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      Path dir = copy();
      int bit = random.nextInt(8 * bytes.length);
      Files.write(dir.resolve(manifest.getFileName()), flipped(bytes, bit));
      isNoticed(dir, "bit " + bit + ", seed " + seed);
    }
  }

  @Test
  void open_lastRecordOfManifestNotWhole_isRefused() throws IOException {
    RocksStore.open(killed, OPTIONS).close();
    byte[] bytes = Files.readAllBytes(manifest(killed));
    int last = 0;
    for (int at = 0; at < bytes.length; at += 7 + (bytes[at + 4] & 0xff)) {
      assertEquals(0, bytes[at + 5], "records of the manifest are short here");
      last = at;
    }
    Path cut = copy();
    Files.write(manifest(cut), Arrays.copyOf(bytes, bytes.length - 1));
    assertEquals(Kind.CORRUPT, refusal(cut).kind());
    for (int bit = 0; bit < 16; bit++) {
      Path dir = copy();
      Files.write(manifest(dir), flipped(bytes, 8 * (last + 4) + bit));
      assertEquals(Kind.CORRUPT, refusal(dir).kind(), "bit " + bit);
    }
  }

  @Test
  void open_sortedFileMissing_isRefused() throws IOException {
    RocksStore.open(killed, OPTIONS).close();
    Files.delete(NumberedCommits.files(killed, ".sst").get(0));

    assertEquals(Kind.CORRUPT, refusal(killed).kind());
  }

  @Test
  void open_currentMissing_isRefusedInsteadOfBegunAnew() throws IOException {
    RocksStore.open(killed, OPTIONS).close();
    Files.delete(killed.resolve("CURRENT"));

    assertEquals(Kind.CORRUPT, refusal(killed).kind());
  }

  @Test
  void open_manifestMissing_isRefused() throws IOException {
    Files.delete(manifest(killed));

    assertEquals(Kind.CORRUPT, refusal(killed).kind());
  }

  private static Path manifest(Path dir) throws IOException {
    return dir.resolve(Files.readString(dir.resolve("CURRENT")).strip());
  }

  private void requireRefused(byte[] log, String what) throws IOException {
    Path dir = copy();
    Files.write(newestLog(dir), log);
    StoreFailure failure =
        assertThrows(StoreFailure.class, () -> RocksStore.open(dir, OPTIONS).close(), what);
    assertEquals(Kind.CORRUPT, failure.kind(), what + ": " + failure.getMessage());
  }

  private static StoreFailure refusal(Path dir) {
    return assertThrows(StoreFailure.class, () -> RocksStore.open(dir, OPTIONS).close());
  }

  private Path copy() {
    return NumberedCommits.copy(killed, temp.resolve("copy " + copies++));
  }

  private static Path newestLog(Path dir) {
    List<Path> logs = NumberedCommits.files(dir, ".log");
    return logs.get(logs.size() - 1);
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] changed = bytes.clone();
    changed[bit / 8] ^= (byte) (1 << (bit % 8));
    return changed;
  }
}
