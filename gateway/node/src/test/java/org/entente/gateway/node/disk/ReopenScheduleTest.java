package org.entente.gateway.node.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.entente.gateway.ledger.record.DiskThresholds;
import org.entente.gateway.store.StoreFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threats 16 and 19: when a node is opened again by itself. */
class ReopenScheduleTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long ROOM = 1_000;

  private final ReopenSchedule reopening = new ReopenSchedule(new DiskThresholds(1_600, 800));
  private long now = Long.MAX_VALUE - 5 * SECOND;

  /** Seconds from now until it is due, which is tried then. */
  private int dueAfter() {
    for (int seconds = 0; seconds < 1_000; seconds++) {
      if (reopening.isDue(ROOM, now)) {
        reopening.tried(now);
        return seconds;
      }
      now += SECOND;
    }
    throw new AssertionError("never due");
  }

  @ParameterizedTest
  @EnumSource(StoreFailure.Kind.class)
  void failure_isMendedByOpeningAgain_onlyIfItIsTheDisks(StoreFailure.Kind kind) {
    boolean ofTheDisk = kind == StoreFailure.Kind.DISK_FULL || kind == StoreFailure.Kind.IO;
    assertEquals(ofTheDisk, ReopenSchedule.mends(new StoreFailure(kind, "failed", null)));
  }

  @Test
  void node_thatFailsAgainAndAgain_isOpenedEverMoreSeldomUpToAMinute() {
    int[] pauses = {1, 2, 4, 8, 16, 32, 60, 60};
    for (int pause : pauses) {
      assertEquals(pause, dueAfter());
    }
  }

  @Test
  void node_thatHasRunForALongTimeSince_isOpenedSoon() {
    for (int i = 0; i < 6; i++) {
      dueAfter();
    }
    now += Duration.ofMinutes(11).toNanos();
    assertEquals(1, dueAfter());
  }

  @Test
  void machineOfACluster_withoutRoom_leavesAfterThePause_andStaysAwayForItsTime() {
    assertFalse(reopening.isPauseOver(now));
    now += SECOND;
    assertTrue(reopening.isPauseOver(now), "whatever the space");
    assertFalse(reopening.isDue(0, now));

    reopening.left(now, Duration.ofSeconds(4));
    assertFalse(reopening.isDue(ROOM, now + 3 * SECOND), "others elect a leader");
    assertFalse(reopening.isDue(0, now + 4 * SECOND));
    assertTrue(reopening.isDue(ROOM, now + 4 * SECOND));
  }

  /** As a leader it would keep others from leading meanwhile. */
  @Test
  void machineOfACluster_thatFailsAgainAndAgain_leavesSoon_andOnlyJoinsMoreSeldom() {
    for (int i = 0; i < 5; i++) {
      dueAfter();
    }
    assertFalse(reopening.isPauseOver(now));
    assertTrue(reopening.isPauseOver(now + SECOND));

    reopening.left(now + SECOND, Duration.ofSeconds(4));
    assertFalse(reopening.isDue(ROOM, now + 31 * SECOND));
    assertTrue(reopening.isDue(ROOM, now + 32 * SECOND));
  }

  @Test
  void node_withoutRoomOnItsDisk_waitsForRoom() {
    assertFalse(reopening.isDue(0, now));
    now += 500 * SECOND;
    assertFalse(reopening.isDue(800, now), "what is freed must be more than a moment's worth");
    assertTrue(reopening.isDue(900, now));
  }
}
