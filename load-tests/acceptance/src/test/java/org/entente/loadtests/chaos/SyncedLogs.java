package org.entente.loadtests.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.entente.loadtests.testkit.AcceptanceRequirement;

/**
 * The write-ahead logs of a gateway in a process of its own, and how much of them a power cut would
 * have left: a library preloaded into the process writes down the length of a log with each sync
 * that succeeded, before the gateway hears of it. So whatever the gateway acknowledged lies below
 * the last length written down, if it keeps its promise; and what lies above it was acknowledged by
 * nobody.
 */
final class SyncedLogs {
  private static final long BLOCK = 32 << 10;
  private static final long RECORD_HEADER = 7;

  private final Path data;
  private final Path library;
  private final Path journal;
  private final Path hold;
  private final Path waiting;

  private SyncedLogs(Path data, Path folder, Path library) {
    this.data = data;
    this.library = library;
    this.journal = folder.resolve("synced");
    this.hold = folder.resolve("hold");
    this.waiting = folder.resolve("hold.waiting");
  }

  /** Of the ledger in {@code data}; writes what it needs into a folder. */
  static SyncedLogs of(Path data, Path folder) throws IOException, InterruptedException {
    boolean compiler =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(place -> Files.isExecutable(Path.of(place, "cc")));
    AcceptanceRequirement.present(compiler, "a C compiler, cc");
    Path source = folder.resolve("synced_lengths.c");
    Path library = folder.resolve("synced_lengths.so");
    try (InputStream in = SyncedLogs.class.getResourceAsStream("synced_lengths.c")) {
      assertNotNull(in);
      Files.copy(in, source);
    }
    Process compiling =
        new ProcessBuilder(
                "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
            .inheritIO()
            .start();
    assertEquals(0, compiling.waitFor());
    return new SyncedLogs(data, folder, library);
  }

  /** What the gateway's process has in its environment. */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD", library.toString(),
        "ENTENTE_SYNCED", journal.toString(),
        "ENTENTE_HOLD_SYNC_IF", hold.toString());
  }

  /** From now on no sync of a log returns. */
  void holdSyncs() throws IOException {
    Files.deleteIfExists(waiting);
    Files.createFile(hold);
  }

  /** Syncs return again. */
  void letSyncsGo() throws IOException {
    Files.delete(hold);
  }

  /** The log that is written to. */
  Path newest() throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]+\\.log"))
          .max((one, other) -> Long.compare(number(one), number(other)))
          .orElseThrow();
    }
  }

  private static long number(Path log) {
    return Long.parseLong(log.getFileName().toString().replace(".log", ""));
  }

  /** The lengths to which the newest log was synced, one after another. */
  List<Long> syncedLengths() throws IOException {
    return lengthsIn(journal);
  }

  private List<Long> lengthsIn(Path journal) throws IOException {
    String name = newest().getFileName() + " ";
    List<Long> lengths = new ArrayList<>();
    if (Files.exists(journal)) {
      String whole = Files.readString(journal);
      for (String line : whole.substring(0, whole.lastIndexOf('\n') + 1).lines().toList()) {
        if (line.startsWith(name)) {
          lengths.add(Long.parseLong(line.substring(name.length())));
        }
      }
    }
    return lengths;
  }

  /** How much of the newest log is on the disk for sure. */
  long synced() throws IOException {
    List<Long> lengths = syncedLengths();
    return lengths.isEmpty() ? 0 : lengths.get(lengths.size() - 1);
  }

  /**
   * How long the newest log was when a sync of it last began to wait; 0 while none waits. A sync
   * that began before the hold can still return until then.
   */
  long waiting() throws IOException {
    List<Long> lengths = lengthsIn(waiting);
    return lengths.isEmpty() ? 0 : lengths.get(lengths.size() - 1);
  }

  /** Where the record begins that follows a whole one: none begins in the last bytes of a block. */
  static long recordAfter(long end) {
    long left = BLOCK - end % BLOCK;
    return left < RECORD_HEADER ? end + left : end;
  }

  /** Cuts a log back. */
  static void cut(Path log, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    }
  }

  /** Flips a bit of a log. */
  static void flip(Path log, long bit) throws IOException {
    byte[] bytes = Files.readAllBytes(log);
    bytes[Math.toIntExact(bit / 8)] ^= (byte) (1 << (bit % 8));
    Files.write(log, bytes);
  }
}
