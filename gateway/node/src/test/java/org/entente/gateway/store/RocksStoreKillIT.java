package org.entente.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.entente.gateway.testkit.ChildJvm;
import org.entente.gateway.testkit.TestRequirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a commit returned for survives the death of its process and a disk that stops syncing. */
class RocksStoreKillIT {
  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource(Durability.class)
  void commits_returnedBeforeKill_areAllThere(Durability durability) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int stored = 0;
    for (int round = 0; round < 4; round++) {
      int printed;
      try (ChildJvm child =
          ChildJvm.start(CommittingChild.class, Map.of(), temp.toString(), durability.toString())) {
        assertEquals("has " + stored, child.readLine());
        for (int i = 0, until = 20 + random.nextInt(300); i < until; i++) {
          assertNotNull(child.readLine());
        }
        child.kill();
        printed = lastNumber(child.readLines(), stored + 20);
      }
      try (RocksStore store = RocksStore.open(temp, RocksOptions.defaults())) {
        stored = NumberedCommits.count(store, CommittingChild.VALUE);
      }
      assertTrue(stored >= printed, "printed " + printed + ", stored " + stored + ", seed " + seed);
    }
  }

  private static int lastNumber(List<String> lines, int otherwise) {
    // The last line may be cut by the kill.
    return lines.size() < 2 ? otherwise : Integer.parseInt(lines.get(lines.size() - 2));
  }

  @Test
  void commit_failedSync_stopsTheStoreAndLosesNothingAcknowledged() throws IOException {
    Path faults = compileFaults();
    Path trigger = temp.resolve("fail");
    Path dir = temp.resolve("store");
    int printed = 0;
    List<String> ending;
    try (ChildJvm child =
        ChildJvm.start(
            CommittingChild.class,
            Map.of("LD_PRELOAD", faults.toString(), "ENTENTE_FAIL_SYNC_IF", trigger.toString()),
            dir.toString(),
            "SYNCED")) {
      assertEquals("has 0", child.readLine());
      for (String line = child.readLine(); ; line = child.readLine()) {
        assertNotNull(line);
        if (line.startsWith("failed")) {
          ending = List.of(line, String.valueOf(child.readLine()));
          break;
        }
        printed = Integer.parseInt(line);
        if (printed == 100) {
          Files.createFile(trigger);
        }
      }
    }

    assertEquals(List.of("failed IO", "then FAILED_EARLIER FAILED"), ending);
    assertTrue(printed >= 100);
    try (RocksStore store = RocksStore.open(dir, RocksOptions.defaults())) {
      int stored = NumberedCommits.count(store, CommittingChild.VALUE);
      assertTrue(stored == printed || stored == printed + 1, printed + " and " + stored);
      NumberedCommits.commit(
          store, stored + 1, stored + 5, CommittingChild.VALUE, Durability.SYNCED);
    }
  }

  /** A library whose fsync and fdatasync fail with EIO while a file exists. */
  private Path compileFaults() throws IOException {
    boolean compiler =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
    TestRequirement.present(compiler, "a C compiler, cc");
    Path source = temp.resolve("failing_sync.c");
    Path library = temp.resolve("failing_sync.so");
    try (var in = RocksStoreKillIT.class.getResourceAsStream("failing_sync.c")) {
      assertNotNull(in);
      Files.copy(in, source);
    }
    run("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl");
    return library;
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      assertEquals(0, process.waitFor(), List.of(command).toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
