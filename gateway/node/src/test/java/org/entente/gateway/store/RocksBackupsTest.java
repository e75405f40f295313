package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.entente.gateway.store.RocksBackups.Backup;
import org.entente.gateway.store.StoreFailure.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksBackupsTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final int BYTES = 200;

  @TempDir private Path temp;

  private Path data() {
    return temp.resolve("data");
  }

  private RocksBackups backups() {
    return new RocksBackups(temp.resolve("backup"));
  }

  private int restored(int number) {
    Path target = temp.resolve("restored-" + number);
    backups().restore(number, target);
    try (RocksStore store = RocksStore.open(target, OPTIONS)) {
      store.verify();
      return NumberedCommits.count(store, BYTES);
    }
  }

  @Test
  void copies_ofDifferentTimes_restoreEachItself() {
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      NumberedCommits.commit(store, 1, 100, BYTES, Durability.SYNCED);
      Backup first = backups().add(store, "note of the first", 7);
      NumberedCommits.commit(store, 101, 250, BYTES, Durability.SYNCED);
      Backup second = backups().add(store, "", 7);

      assertEquals(List.of(1, 2), List.of(first.number(), second.number()));
      assertEquals(List.of(first, second), backups().list());
      assertEquals("note of the first", first.note());
      assertTrue(first.bytes() > 0 && first.files() > 0, first::toString);
    }
    assertEquals(100, restored(1));
    assertEquals(250, restored(2));
  }

  /** The modes of a medium are often fixed, so that a refusal would end all backups. */
  @Test
  void folder_thatOthersMayRead_isTakenAndNamed() throws IOException {
    assertEquals(Optional.empty(), backups().openToOthers(), "there is none yet");
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      NumberedCommits.commit(store, 1, 1, BYTES, Durability.SYNCED);
      assertEquals(1, backups().add(store, "", 7).number());
      assertEquals(Optional.empty(), backups().openToOthers(), "one that a backup makes");
      for (String mode : List.of("rwxr-x---", "rwx-----x", "rwx---r--")) {
        Files.setPosixFilePermissions(
            temp.resolve("backup"), PosixFilePermissions.fromString(mode));
        String what = backups().openToOthers().orElseThrow();
        assertTrue(what.endsWith("backup: it has mode " + mode), what);
      }
      assertEquals(2, backups().add(store, "", 7).number());
    }
  }

  /** What a writer had committed when the copy began is in it, and never half a commit. */
  @Test
  void copy_madeWhileOthersCommit_isAStateThatWas() throws Exception {
    AtomicInteger committed = new AtomicInteger();
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      NumberedCommits.commit(store, 1, 1, BYTES, Durability.SYNCED);
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 2; i <= 3_000; i++) {
                  NumberedCommits.commit(store, i, i, BYTES, Durability.SYNCED);
                  committed.set(i);
                }
              });
      for (int copy = 1; copy <= 4; copy++) {
        int before = Math.max(1, committed.get());
        backups().add(store, "", 7);
        int after = committed.get() + 1;
        int held = restored(copy);
        assertTrue(held >= before && held <= after, before + " to " + after + ": " + held);
      }
      writing.join();
    }
  }

  @Test
  void copies_beyondThoseKept_goTheOldestFirst() {
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      for (int i = 1; i <= 4; i++) {
        NumberedCommits.commit(store, i, i, BYTES, Durability.SYNCED);
        backups().add(store, "", 2);
      }
    }
    assertEquals(List.of(3, 4), backups().list().stream().map(Backup::number).toList());
    assertEquals(3, restored(3));
    StoreFailure none = assertThrows(StoreFailure.class, () -> restored(1));
    assertTrue(none.getMessage().contains("there is no backup 1"), none.getMessage());
  }

  @Test
  void copy_withAFlippedBit_isNotRestored() throws IOException {
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      NumberedCommits.commit(store, 1, 200, BYTES, Durability.SYNCED);
      backups().add(store, "", 7);
    }
    for (Path file : tables()) {
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 4;
      Files.write(file, bytes);
    }

    StoreFailure refused = assertThrows(StoreFailure.class, () -> restored(1));

    assertEquals(Kind.CORRUPT, refused.kind(), refused.getMessage());
    assertThrows(
        StoreFailure.class, () -> RocksStore.openReadOnly(temp.resolve("restored-1")).close());
  }

  private List<Path> tables() {
    try (Stream<Path> all = Files.walk(temp.resolve("backup"))) {
      List<Path> found = all.filter(file -> file.toString().endsWith(".sst")).toList();
      assertFalse(found.isEmpty(), "nothing was copied");
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void folder_inUseByAnother_isLeftAlone() throws IOException {
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      backups().add(store, "", 7);
      try (FileChannel channel =
              FileChannel.open(temp.resolve("backup").resolve("lock"), StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        assertTrue(held.isValid());
        StoreFailure busy = assertThrows(StoreFailure.class, () -> backups().add(store, "", 7));
        assertEquals(Kind.LOCKED, busy.kind());
      }
      assertEquals(StoreState.Status.OPEN, store.state().status());
      assertEquals(2, backups().add(store, "", 7).number());
    }
  }

  @Test
  void target_thatIsThere_isNotTouched() throws IOException {
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      NumberedCommits.commit(store, 1, 3, BYTES, Durability.SYNCED);
      backups().add(store, "", 7);
    }
    assertThrows(StoreFailure.class, () -> backups().restore(1, data()));
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      assertEquals(3, NumberedCommits.count(store, BYTES));
    }
  }

  @Test
  void folder_thatCannotBeMade_isAFailureAndTheStoreGoesOn() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "no folder");
    try (RocksStore store = RocksStore.open(data(), OPTIONS)) {
      RocksBackups backups = new RocksBackups(file.resolve("backup"));
      assertThrows(StoreFailure.class, () -> backups.add(store, "", 7));
      NumberedCommits.commit(store, 1, 1, BYTES, Durability.SYNCED);
    }
  }
}
