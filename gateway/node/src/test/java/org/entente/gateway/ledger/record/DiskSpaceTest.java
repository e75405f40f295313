package org.entente.gateway.ledger.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.ledger.record.DiskSpace.Level;
import org.entente.gateway.model.AgencyName;
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

  @Test
  void agencyThatFillsTheDisk_stopsOnlyItself_untilThereIsEnoughAgain() {
    AgencyName flood = new AgencyName("xx.customs");
    AgencyName other = new AgencyName("fr.customs");
    room.kept(flood, 1_000);
    assertTrue(room.hasRoom(flood, 1_000), "while space is ample");
    disk.free(1_200);
    room.look();
    assertTrue(room.hasRoom(flood, 1_000), "one message in any case");
    room.kept(flood, 40);
    assertTrue(room.hasRoom(flood, 10));
    assertFalse(room.hasRoom(flood, 11), "a sixteenth of the 800 between the thresholds");
    room.kept(flood, 10);
    assertFalse(room.hasRoom(flood, 1));
    assertTrue(room.hasRoom(other, 50));
    disk.free(5_000);
    room.look();
    assertTrue(room.hasRoom(flood, 1_000));
    disk.free(1_200);
    room.look();
    assertTrue(room.hasRoom(flood, 50), "counted again from nothing");
  }

  @Test
  void thresholds_inTheWrongOrder_areRefused() {
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 800));
    assertThrows(IllegalArgumentException.class, () -> new DiskThresholds(800, 0));
  }
}
