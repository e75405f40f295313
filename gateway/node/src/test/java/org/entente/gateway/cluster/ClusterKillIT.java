package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.testkit.ChildJvm;
import org.entente.gateway.testkit.LoopbackPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three processes: what a commit returned for survives the SIGKILL of the leader, and of all. */
@Tag("extended")
@Tag("cluster")
class ClusterKillIT {
  private static final long PATIENCE_SECONDS = 60;

  private final Map<String, String> addresses = new LinkedHashMap<>();
  private final Map<String, ChildJvm> running = new LinkedHashMap<>();
  private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final Instant certificates =
      Instant.now().minusSeconds(3_600).truncatedTo(ChronoUnit.SECONDS);
  private int printed;
  @TempDir private Path dir;

  private record Line(String node, String text) {}

  @BeforeEach
  void startAll() throws IOException {
    for (String node : List.of("n1", "n2", "n3")) {
      addresses.put(node, "127.0.0.1:" + LoopbackPort.next());
    }
    addresses.keySet().forEach(this::start);
  }

  @AfterEach
  void killAll() {
    running.values().forEach(ChildJvm::kill);
    running.clear();
  }

  private void start(String node) {
    List<String> args = new ArrayList<>(List.of(dir.toString(), node, certificates.toString()));
    addresses.forEach((name, address) -> args.addAll(List.of(name, address)));
    ChildJvm child = ChildJvm.start(CommittingNode.class, Map.of(), args.toArray(String[]::new));
    running.put(node, child);
    Thread reader = new Thread(() -> read(node, child));
    reader.setDaemon(true);
    reader.start();
  }

  private void read(String node, ChildJvm child) {
    for (String line = child.readLine(); line != null; line = child.readLine()) {
      lines.add(new Line(node, line));
    }
  }

  @Test
  void acknowledged_isKept_whicheverProcessIsKilled() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 3; round++) {
      String leader = awaitCommits(50 + random.nextInt(200), seed);
      if (round == 1) {
        killAll();
        addresses.keySet().forEach(this::start);
      } else {
        Objects.requireNonNull(running.remove(leader)).kill();
        start(leader);
      }
    }
    awaitCommits(20, seed);
  }

  /** Reads until a leader has printed so many commits, and returns its name. */
  private String awaitCommits(int count, long seed) {
    int seen = 0;
    while (true) {
      Line line = next();
      if (line.text().startsWith("has ")) {
        int has = Integer.parseInt(line.text().substring(4));
        assertTrue(has >= printed, "printed " + printed + ", " + line + ", seed " + seed);
        seen = 0;
      } else if (line.text().matches("[0-9]+")) {
        printed = Math.max(printed, Integer.parseInt(line.text()));
        seen++;
        if (seen >= count && running.containsKey(line.node())) {
          return line.node();
        }
      } else {
        assertTrue(!line.text().startsWith("stopped"), line + ", seed " + seed);
      }
    }
  }

  private Line next() {
    try {
      Line line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("no line within " + PATIENCE_SECONDS + " s");
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
