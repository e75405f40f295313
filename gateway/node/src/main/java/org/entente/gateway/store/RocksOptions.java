package org.entente.gateway.store;

/**
 * The resources that a {@link RocksStore} may use.
 *
 * <p>Memory outside the Java heap stays near {@code blockCacheBytes + writeBufferBytes} plus a few
 * MiB for open scans; it grows with the data, so that an idle node stays small.
 *
 * @param blockCacheBytes most bytes of data, index and filter blocks cached for reading
 * @param writeBufferBytes most bytes of commits kept in memory before they are written out sorted
 * @param walBytes bytes of write-ahead log after which old data is flushed, to keep the log short
 *     and startup quick
 * @param openFiles most files held open
 * @param backgroundJobs threads that flush and compact, at least 2
 */
public record RocksOptions(
    long blockCacheBytes, long writeBufferBytes, long walBytes, int openFiles, int backgroundJobs) {
  private static final long MIB = 1 << 20;

  /** Checks the bounds. */
  public RocksOptions {
    requireBetween("blockCacheBytes", blockCacheBytes, MIB, 1L << 40);
    requireBetween("writeBufferBytes", writeBufferBytes, MIB, 1L << 34);
    requireBetween("walBytes", walBytes, MIB, 1L << 36);
    requireBetween("openFiles", openFiles, 64, 1 << 20);
    requireBetween("backgroundJobs", backgroundJobs, 2, 64);
  }

  /** 32 MiB of cache, 32 MiB of write buffers, 128 MiB of log, 512 files, 2 threads. */
  public static RocksOptions defaults() {
    return new RocksOptions(32 * MIB, 32 * MIB, 128 * MIB, 512, 2);
  }

  private static void requireBetween(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + "; it must be from " + least + " to " + most);
    }
  }
}
