package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.LongStream;
import org.entente.gateway.ledger.record.DiskSpace.Level;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.MemoryStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threat 16: what follows from the room on a disk. */
class DiskSpaceTest {
  private static final DiskThresholds AT = new DiskThresholds(1_600, 800);

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final DiskSpace room = new DiskSpace(new MemoryStore(disk), AT);

  @ParameterizedTest
  @CsvSource({
    "AMPLE, 1600, AMPLE", "AMPLE, 1599, SCARCE", "AMPLE, 799, FULL", "AMPLE, 0, FULL",
    "SCARCE, 1799, SCARCE", "SCARCE, 1800, AMPLE", "SCARCE, 800, SCARCE", "SCARCE, 799, FULL",
    "FULL, 899, FULL", "FULL, 900, SCARCE", "FULL, 1799, SCARCE", "FULL, 1800, AMPLE"
  })
  void level_isLeftAnEighthAboveWhereItIsEntered(Level before, long free, Level after) {
    assertEquals(after, DiskSpace.next(before, free, AT));
  }

  @ParameterizedTest
  @CsvSource({"2000, 0", "1600, 0", "1200, 100", "800, 200", "0, 200"})
  void pause_growsFromThresholdToThreshold(long free, long millis) {
    assertEquals(Duration.ofMillis(millis), DiskSpace.pause(free, AT));
  }

  @Test
  void look_onADiskThatFillsAndIsFreed_slowsRefusesAndTakesInAgain() {
    assertFalse(room.look());
    assertEquals(Optional.empty(), room.refusal());
    disk.free(1_200);
    assertTrue(room.look());
    assertEquals(Optional.empty(), room.refusal());
    assertEquals(Duration.ofMillis(100), room.pause());
    disk.free(700);
    assertTrue(room.look());
    assertEquals(Code.STORAGE_FULL, room.refusal().orElseThrow().code());
    assertFalse(room.look());
    disk.free(5_000);
    assertTrue(room.look());
    assertEquals(Optional.empty(), room.refusal());
    assertEquals(Duration.ZERO, room.pause());
  }

  /** Threat 93. */
  @ParameterizedTest
  @CsvSource({"1, 50, 66", "16, 50, 11", "64, 50, 3", "16, 10, 38", "1, 900, 10"})
  void agenciesThatFillTheDiskTogether_leaveTheirPartToTheOthers(
      int agencies, int percent, long leftPercent) {
    long size = 100_000;
    DiskSpace shared = new DiskSpace(new MemoryStore(disk), new DiskThresholds(2, 1, percent));
    long[] stored = new long[agencies];
    boolean isFilling = true;
    while (isFilling) {
      isFilling = false;
      for (int i = 0; i < agencies; i++) {
        disk.free(1 + size - LongStream.of(stored).sum());
        shared.look();
        if (shared.hasRoom(stored[i], 10)) {
          stored[i] += 10;
          isFilling = true;
        }
      }
    }
    assertEquals(leftPercent, (shared.freeBytes() - 1) * 100 / size);
    assertTrue(shared.hasRoom(0, 10));
    assertTrue(shared.hasRoom(shared.share() - 10, 10));
  }

  @Test
  void share_ofAFullDisk_isOneMessage_andOfAnUnknownOneIsBounded() {
    assertTrue(room.hasRoom(1L << 50, 1L << 40), "before the first look");
    disk.free(700);
    room.look();
    assertEquals(0, room.share());
    assertTrue(room.hasRoom(0, 1_000));
    assertFalse(room.hasRoom(1, 1));
  }

  @Test
  void thresholds_inTheWrongOrder_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 800));
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 0));
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 700, 0));
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 700, 901));
  }
}
