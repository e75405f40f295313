package org.entente.gateway.node.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever order things happen in, everything acknowledged arrives exactly once and opens, or there
 * is evidence why not. {@code -Dentente.seed=N} replays one world; {@code -Dentente.worlds=N} makes
 * N in both tiers together.
 */
class KeyLifeTest {
  private static final int WORLDS = 20;
  private static final int WORLDS_IN_ALL = Integer.getInteger("entente.worlds", 200);
  private static final int STEPS = 70;

  @TempDir private Path folder;

  @Test
  void mail_inAnyOrderOfKeysAndRestarts_arrivesOnceAndOpensOrIsToldOf() throws IOException {
    Long only = Long.getLong("entente.seed");
    KeyLifeWorld.Counts all = only == null ? lived(0, WORLDS) : lived(only, only + 1);
    assertTrue(
        only != null || (all.arrived() * 2 > all.sent() && all.rewraps() > 0),
        "worlds in which too little happened: " + all);
  }

  /** That a rewrap is lost is rare. */
  @Test
  @Tag("extended")
  @Tag("simulation")
  void mail_inFurtherWorlds_arrivesOnceAndOpensOrIsToldOf() throws IOException {
    KeyLifeWorld.Counts all = lived(WORLDS, WORLDS_IN_ALL);
    assertTrue(
        all.arrived() * 2 > all.sent() && all.lostRewraps() > 0,
        "worlds in which too little happened: " + all);
  }

  private KeyLifeWorld.Counts lived(long from, long to) throws IOException {
    KeyLifeWorld.Counts all = new KeyLifeWorld.Counts(0, 0, 0, 0);
    for (long seed = from; seed < to; seed++) {
      try (KeyLifeWorld world = world(seed)) {
        live(world, seed);
        all = all.plus(world.counts());
      }
    }
    return all;
  }

  private KeyLifeWorld world(long seed) throws IOException {
    return new KeyLifeWorld(
        seed, Files.createDirectories(folder.resolve(Long.toUnsignedString(seed))));
  }

  private static void live(KeyLifeWorld world, long seed) {
    try {
      world.live(STEPS);
      world.settle();
      assertEquals(List.of(), world.unaccounted());
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ":\n" + world.history(), e);
    }
  }

  @Test
  void world_ofOneSeed_isTheSameAgain() throws IOException {
    String[] told = new String[2];
    for (int i = 0; i < 2; i++) {
      try (KeyLifeWorld world =
          new KeyLifeWorld(7, Files.createDirectories(folder.resolve("again " + i)))) {
        world.live(STEPS);
        world.settle();
        told[i] = world.counts() + "\n" + world.history();
      }
    }
    assertEquals(told[0], told[1]);
  }
}
