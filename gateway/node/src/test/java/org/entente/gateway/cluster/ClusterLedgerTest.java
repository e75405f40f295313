package org.entente.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.FolderCopy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the ledger of one machine, and what an interruption leaves. */
class ClusterLedgerTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final int ENTRIES = 200;

  /** Far more than a step has. */
  private static final int MOST_OPERATIONS = 1_000;

  @TempDir private Path dir;

  private ClusterSettings.Folders folders(String name) {
    Path own = dir.resolve(name);
    return new ClusterSettings.Folders(
        own.resolve("log"), own.resolve("data"), own.resolve("mark"));
  }

  private Path keystore(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name).resolve("keys"));
  }

  private ClusterLedger ledger(String name) throws IOException {
    return new ClusterLedger(folders(name), keystore(name), OPTIONS);
  }

  /** A ledger whose last changes are in its log alone. */
  private void fill(String name) {
    try (RocksStore store = RocksStore.open(folders(name).data(), OPTIONS)) {
      for (int number = 1; number <= ENTRIES; number++) {
        Table table = number % 2 == 0 ? Table.INBOX : Table.META;
        store.commit(new Batch().put(table, key(number), value(number)), Durability.SYNCED);
      }
    }
  }

  private static byte[] key(int number) {
    return KeyBuilder.key().ascii("test").u32(number).done();
  }

  private static byte[] value(int number) {
    return ("value " + number).getBytes(UTF_8);
  }

  private static void assertHoldsAll(Store store) {
    for (int number = 1; number <= ENTRIES; number++) {
      Table table = number % 2 == 0 ? Table.INBOX : Table.META;
      assertArrayEquals(value(number), store.get(table, key(number)), "entry " + number);
    }
  }

  private RocksReplica copy(String name) {
    return new ReplicaFolder(folders(name).data(), OPTIONS).open();
  }

  private void assertIsOfACluster(String name, String id) {
    try (RocksReplica copy = copy(name)) {
      assertHoldsAll(copy.store());
      assertEquals(Optional.of(new ClusterId(id, "fr-1")), ClusterId.of(copy.store()));
      assertEquals(LogPosition.OF_A_LEDGER, copy.position());
    }
  }

  private void assertIsOfAMachineAlone(String name) {
    assertEquals(Optional.empty(), ReplicaFolder.unfinished(folders(name).data()));
    try (RocksStore store = RocksStore.open(folders(name).data(), OPTIONS)) {
      assertHoldsAll(store);
      assertEquals(Optional.empty(), ClusterId.of(store));
    }
  }

  /** As a cluster of one that ran does. */
  private void applyEntries(String name) throws IOException {
    try (RocksReplica copy = copy(name)) {
      copy.apply(
          new Batch().put(Table.META, key(ENTRIES + 1), value(ENTRIES + 1)),
          new LogPosition(3, 40, 1));
    }
    Files.createDirectories(folders(name).log().resolve("group/current"));
    Files.createFile(folders(name).log().resolve("group/current/raft-meta"));
    new ProgressMark(folders(name).mark()).keep(new LogPosition(3, 40, 1));
    new KeyTag(3, 2).keep(folders(name).keyMark());
    new KeyTag(3, 2).keep(keystore(name).resolve(NodeKeys.FILE));
  }

  @Test
  void ledger_ofAMachineAlone_isThatOfAClusterOfOne_andTheOldFilesAreKept() throws IOException {
    fill("a");

    String id = ledger("a").begin("fr-1", new SecureRandom());

    assertIsOfACluster("a", id);
    assertEquals(id, ledger("a").begin("fr-1", new SecureRandom()), "a repetition");
    Path before = folders("a").data().resolve("ledger-before-" + id);
    try (RocksStore kept = RocksStore.openReadOnly(before)) {
      assertHoldsAll(kept);
    }
    StoreFailure other =
        assertThrows(StoreFailure.class, () -> ledger("a").begin("fr-2", new SecureRandom()));
    assertTrue(String.valueOf(other.getMessage()).contains("a cluster already"), other::toString);
  }

  @Test
  void copiesOfOneLedger_becomeTwoClusters() throws IOException {
    fill("a");
    FolderCopy.of(dir.resolve("a"), dir.resolve("b"));

    assertNotEquals(
        ledger("a").begin("fr-1", new SecureRandom()),
        ledger("b").begin("fr-1", new SecureRandom()));
  }

  /** Otherwise the first entries of its log would count as applied. */
  @Test
  void ledger_thatWasRestoredFromTheBackupOfAMachineOfACluster_beginsAtTheFirstEntry()
      throws IOException {
    fill("a");
    ledger("a").begin("fr-1", new SecureRandom());
    applyEntries("a");
    Path copy = folders("a").data().resolve("copy");
    RocksStore.open(copy, OPTIONS).close();
    new KeyTag(3, 2).keep(keystore("b").resolve(NodeKeys.FILE));
    FolderCopy.of(copy, folders("b").data());

    String id = ledger("b").begin("fr-1", new SecureRandom());

    assertIsOfACluster("b", id);
    assertEquals(KeyTag.START, KeyTag.read(keystore("b").resolve(NodeKeys.FILE)));
  }

  @Test
  void begin_whereALogOrAMarkOfAnotherClusterIs_changesNothing() throws IOException {
    fill("a");
    Path log = folders("a").log().resolve("x/current");
    for (Path remains : List.of(log, folders("a").mark(), folders("a").keyMark())) {
      Files.createDirectories(remains);
      assertThrows(StoreFailure.class, () -> ledger("a").begin("fr-1", new SecureRandom()));
      Files.delete(remains);
      assertIsOfAMachineAlone("a");
    }
  }

  @Test
  void begin_withoutALedger_isRefused() {
    StoreFailure why =
        assertThrows(StoreFailure.class, () -> ledger("a").begin("fr-1", new SecureRandom()));
    assertTrue(String.valueOf(why.getMessage()).contains("holds no ledger"), why::toString);
  }

  @Test
  void ledger_ofTheLastMachine_isThatOfAMachineAlone_andCanBeginAgain() throws IOException {
    fill("a");
    String id = ledger("a").begin("fr-1", new SecureRandom());
    applyEntries("a");

    ledger("a").end(1);
    ledger("a").end(1);

    assertIsOfAMachineAlone("a");
    assertTrue(Files.isDirectory(folders("a").data().resolve("copy-of-" + id)));
    assertTrue(Files.exists(keystore("a").resolve(NodeKeys.FILE)), "other keystores have the keys");
    assertIsOfACluster("a", ledger("a").begin("fr-1", new SecureRandom()));
  }

  /** The flush failed when the machine stopped; only the log has the last commits. */
  @Test
  void copy_thatLacksCommitsOfTheLog_isNoLedger_andKeepsTheLog() throws IOException {
    fill("a");
    ledger("a").begin("fr-1", new SecureRandom());
    applyEntries("a");

    StoreFailure why = assertThrows(StoreFailure.class, () -> ledger("a").end(2));

    assertTrue(
        String.valueOf(why.getMessage()).contains("has 1 commits, and cluster.log has 2"),
        why::toString);
    assertTrue(Files.exists(folders("a").log().resolve("group/current/raft-meta")));
    ledger("a").end(1);
    assertIsOfAMachineAlone("a");
  }

  /** Power failed just before it would have been removed. */
  @Test
  void emptyFolder_thatAnEarlierEndLeft_isInTheWayOfNothing() throws IOException {
    fill("a");
    Files.createDirectory(folders("a").data().resolve("alone"));

    assertIsOfACluster("a", ledger("a").begin("fr-1", new SecureRandom()));
  }

  /** Before each operation on the disk once; what a crash leaves is mended by a repetition. */
  @Test
  void begin_thatEndsAnywhere_losesNothing_andCanBeRepeated() throws IOException {
    fill("whole");
    int failures = 0;
    for (int operations = 0; operations < MOST_OPERATIONS; operations++) {
      String name = "n" + operations;
      FolderCopy.of(dir.resolve("whole"), dir.resolve(name));
      if (endsAfter(operations, name, ledger -> ledger.begin("fr-1", new SecureRandom()))) {
        break;
      }
      failures++;
      assertUsableOrUnfinished(name);
      assertIsOfACluster(name, ledger(name).begin("fr-1", new SecureRandom()));
    }
    assertTrue(failures > 5, failures + " operations");
  }

  @Test
  void end_thatEndsAnywhere_losesNothing_andCanBeRepeated() throws IOException {
    fill("whole");
    ledger("whole").begin("fr-1", new SecureRandom());
    applyEntries("whole");
    int failures = 0;
    for (int operations = 0; operations < MOST_OPERATIONS; operations++) {
      String name = "n" + operations;
      FolderCopy.of(dir.resolve("whole"), dir.resolve(name));
      if (endsAfter(operations, name, ledger -> ledger.end(1))) {
        break;
      }
      failures++;
      assertUsableOrUnfinished(name);
      ledger(name).end(1);
      assertIsOfAMachineAlone(name);
      assertFalse(Files.exists(folders(name).mark()));
    }
    assertTrue(failures > 5, failures + " operations");
  }

  /** Either one of the two ledgers opens with everything, or none does and the command is named. */
  private void assertUsableOrUnfinished(String name) {
    Path data = folders(name).data();
    if (ReplicaFolder.unfinished(data).isPresent()) {
      StoreFailure why = assertThrows(StoreFailure.class, () -> copy(name).close());
      assertTrue(String.valueOf(why.getMessage()).contains("repeat it"), why::toString);
    } else if (ReplicaFolder.holdsLedger(data)) {
      try (RocksStore store = RocksStore.open(data, OPTIONS)) {
        assertHoldsAll(store);
      }
    } else {
      try (RocksReplica copy = copy(name)) {
        assertHoldsAll(copy.store());
      }
    }
  }

  private interface Step {
    void run(ClusterLedger ledger);
  }

  /** Whether a step ends before its disk fails. */
  private boolean endsAfter(int operations, String name, Step step) throws IOException {
    ClusterLedger failing =
        new ClusterLedger(folders(name), keystore(name), OPTIONS, new FailingDisk(operations));
    try {
      step.run(failing);
      return true;
    } catch (StoreFailure e) {
      assertTrue(String.valueOf(e.getMessage()).contains("power is gone"), e::toString);
      return false;
    }
  }

  private static final class FailingDisk implements ClusterLedger.Disk {
    private int left;

    FailingDisk(int operations) {
      left = operations;
    }

    private void count() throws IOException {
      if (left == 0) {
        throw new IOException("power is gone");
      }
      left--;
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      count();
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void sync(Path folder) throws IOException {
      count();
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
