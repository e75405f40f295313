package org.entente.loadtests.baselines;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Time of a disk sync, which the setup of an Artemis broker needs. */
final class DiskSync {
  private static final int BLOCK = 4 << 10;
  private static final int TRIES = 200;

  private DiskSync() {}

  /** The median, in nanoseconds; at least a microsecond. */
  static int nanos(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "sync", "");
    long[] taken = new long[TRIES];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
      for (int i = 0; i < TRIES; i++) {
        channel.write(block.clear(), (long) i * BLOCK);
      }
      channel.force(true);
      for (int i = 0; i < TRIES; i++) {
        long start = System.nanoTime();
        channel.write(block.clear(), (long) i * BLOCK);
        channel.force(false);
        taken[i] = System.nanoTime() - start;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(taken);
    return (int) Math.max(TimeUnit.MICROSECONDS.toNanos(1), taken[TRIES / 2]);
  }
}
