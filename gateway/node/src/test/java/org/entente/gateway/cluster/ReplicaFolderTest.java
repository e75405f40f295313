package org.entente.gateway.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksReplica;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a copy travels in frames, and takes the place of another. */
class ReplicaFolderTest {
  private static final RocksOptions OPTIONS = RocksOptions.defaults();
  private static final byte[] KEY = {1};

  private final Path data;
  private final ReplicaFolder folder;
  private final List<byte[]> frames;

  ReplicaFolderTest(@TempDir Path dir) throws IOException {
    data = dir.resolve("node/data");
    folder = new ReplicaFolder(data, OPTIONS);
    fill(folder, 3, "old");
    Path sent = dir.resolve("sent");
    ReplicaFolder other = new ReplicaFolder(dir.resolve("other/data"), OPTIONS);
    try (RocksReplica replica = fill(other, 50, "new")) {
      replica.checkpoint(sent);
    }
    frames = frames(sent);
  }

  private static RocksReplica fill(ReplicaFolder folder, long index, String value) {
    RocksReplica replica = folder.open();
    replica.apply(
        new Batch().put(Table.INBOX, KEY, value.getBytes(UTF_8)), new LogPosition(2, index, 1));
    if (index < 10) {
      replica.close();
    }
    return replica;
  }

  private static List<byte[]> frames(Path sent) throws IOException {
    List<byte[]> all = new ArrayList<>();
    try (CopyFrames frames = new CopyFrames(sent)) {
      for (byte[] frame = frames.next(); frame != null; frame = frames.next()) {
        all.add(frame);
      }
    }
    return all;
  }

  private void receive(List<byte[]> received, Path into) throws IOException {
    try (CopyReceiver receiver = new CopyReceiver(into)) {
      for (byte[] frame : received) {
        receiver.accept(frame);
      }
      receiver.requireWhole();
    }
  }

  @Test
  void copy_receivedWhole_takesThePlaceAtTheNextOpening() throws IOException {
    Path receiving = folder.newReceiving();
    receive(frames, receiving);
    assertEquals(new LogPosition(2, 50, 1), folder.received(receiving, 50));

    assertHolds("new");
    assertHolds("new");
    assertLeftovers(List.of("copy"));
  }

  /** A disk may be mounted there, which nothing can replace. */
  @Test
  void copy_thatTakesThePlace_leavesTheFolderItself() throws IOException {
    Object before = identity(data);
    receive(frames, folder.newReceiving());
    folder.received(data.resolve("receiving"), 50);

    assertHolds("new");
    assertEquals(before, identity(data));
    try (var beside = Files.list(data.toAbsolutePath().getParent())) {
      assertEquals(List.of(data), beside.toList());
    }
  }

  private static Object identity(Path path) throws IOException {
    return Objects.requireNonNull(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
  }

  @Test
  void folder_withTheLedgerOfAMachineAlone_isRefused(@TempDir Path alone) {
    Path ledger = alone.resolve("data");
    RocksStore.open(ledger, OPTIONS).close();

    StoreFailure why =
        assertThrows(StoreFailure.class, () -> new ReplicaFolder(ledger, OPTIONS).open());
    assertTrue(why.getMessage().contains("the ledger of a machine alone"), why::toString);
  }

  @Test
  void copy_cutAfterAnyFrame_leavesTheOldOne() throws IOException {
    for (int count = 0; count < frames.size(); count++) {
      List<byte[]> some = frames.subList(0, count);
      Path receiving = folder.newReceiving();
      assertThrows(IOException.class, () -> receive(some, receiving), count + " frames");
    }
    assertHolds("old");
    assertLeftovers(List.of("copy"));
  }

  @Test
  void copy_thatIsTooOld_isNotTaken() throws IOException {
    Path receiving = folder.newReceiving();
    receive(frames, receiving);

    assertThrows(IOException.class, () -> folder.received(receiving, 51));
    assertHolds("old");
  }

  @Test
  void copy_thatIsNoStore_isNotTaken() throws IOException {
    Path receiving = folder.newReceiving();
    Files.write(receiving.resolve("000012.sst"), KEY);

    assertThrows(StoreFailure.class, () -> folder.received(receiving, 0));
    assertHolds("old");
  }

  /** Power fails between the removal of the old copy and the renaming of the new one. */
  @Test
  void copy_receivedBeforeACrash_isTakenThoughTheOldIsGone() throws IOException {
    Path receiving = folder.newReceiving();
    receive(frames, receiving);
    folder.received(receiving, 50);
    ReplicaFolder.delete(data.resolve("copy"));

    assertHolds("new");
  }

  @Test
  void frames_changedInAnyWay_areRefused() throws IOException {
    for (int at = 0; at < frames.size(); at++) {
      List<byte[]> changed = new ArrayList<>(frames);
      byte[] frame = changed.get(at).clone();
      frame[frame.length - 1] ^= 1;
      changed.set(at, frame);
      assertThrows(IOException.class, () -> receive(changed, folder.newReceiving()), "frame " + at);
      changed.set(at, Arrays.copyOf(frame, frame.length - 1));
      assertThrows(IOException.class, () -> receive(changed, folder.newReceiving()), "frame " + at);
      changed.remove(at);
      assertThrows(IOException.class, () -> receive(changed, folder.newReceiving()), "frame " + at);
    }
  }

  @Test
  void names_thatLeadElsewhere_areRefused() throws IOException {
    for (String name : List.of("../data", "a/b", "..", ".", "", "/etc/passwd", ".hidden")) {
      byte[] frame = fileFrame(name);
      try (CopyReceiver receiver = new CopyReceiver(folder.newReceiving())) {
        assertThrows(IOException.class, () -> receiver.accept(frame), name);
      }
    }
  }

  @Test
  void sendings_leftByACrash_areRemoved() throws IOException {
    Files.createDirectories(folder.nextSending());
    folder.clearSendings();

    assertLeftovers(List.of("copy"));
  }

  /** `cluster end` was interrupted, and not repeated: without a copy it would seem to be. */
  @Test
  void ledgerForAMachineAlone_besideACopy_isRemoved() throws IOException {
    Path alone = Files.createDirectory(data.resolve("alone"));
    Files.write(alone.resolve("CURRENT"), KEY);

    assertHolds("old");
    assertLeftovers(List.of("copy"));
  }

  private static byte[] fileFrame(String name) {
    return KeyBuilder.key().u8(CopyFrames.FILE).ascii(name).u64(0).done();
  }

  private void assertHolds(String value) {
    try (RocksReplica replica = folder.open()) {
      byte[] found = replica.store().get(Table.INBOX, KEY);
      assertNotNull(found);
      assertArrayEquals(value.getBytes(UTF_8), found);
    }
  }

  private void assertLeftovers(List<String> expected) throws IOException {
    try (var files = Files.list(data)) {
      assertEquals(expected, files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void mark_behindWhichTheNodeIs_keepsItFromStarting(@TempDir Path other) {
    ProgressMark mark = new ProgressMark(other.resolve("mark"));
    mark.require(LogPosition.START, false);
    mark.keep(new LogPosition(4, 100, 90));
    mark.require(new LogPosition(4, 100, 90), true);
    mark.require(new LogPosition(5, 101, 90), true);

    assertBehind(mark, new LogPosition(4, 99, 90), true);
    assertBehind(mark, new LogPosition(3, 200, 90), true);
    assertBehind(mark, new LogPosition(4, 100, 90), false);
  }

  private static void assertBehind(ProgressMark mark, LogPosition position, boolean hasLog) {
    StoreFailure failure = assertThrows(StoreFailure.class, () -> mark.require(position, hasLog));
    assertTrue(failure.getMessage().contains("term 4, index 100"), failure.getMessage());
    assertFalse(failure.getMessage().isEmpty());
  }

  @Test
  void mark_thatIsNone_isRefused(@TempDir Path other) throws IOException {
    Path file = other.resolve("mark");
    Files.writeString(file, "term x\n");

    StoreFailure failure =
        assertThrows(
            StoreFailure.class, () -> new ProgressMark(file).require(LogPosition.START, true));
    assertTrue(failure.getMessage().contains("found term x"), failure.getMessage());
  }
}
