package org.entente.gateway.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Properties;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.ConfigOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Logger;
import org.rocksdb.ReadOptions;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteOptions;

/**
 * The native options of one open store, closed together after the store.
 *
 * <p>A comment gives the reason for each setting that differs from RocksDB's default.
 */
final class RocksResources implements AutoCloseable {
  private static final long MIB = 1 << 20;
  private static final int BLOOM_BITS_PER_KEY = 10;
  private static final int METADATA_BYTES = 4_096;
  private static final int CACHE_SHARD_BITS = 1;
  private static final double FOR_FILTERS = 0.5;
  private static final long FILE_BYTES = 16 * MIB;
  private static final long MERGE_BYTES = 256 * MIB;

  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final DBOptions database;
  private final ColumnFamilyOptions table;
  private final ColumnFamilyOptions keys;
  private final ReadOptions read;
  private final WriteOptions synced;
  private final WriteOptions buffered;

  /**
   * The options of one store.
   *
   * @param logged whether commits are written to RocksDB's log; false for a replica, whose log is
   *     elsewhere
   */
  RocksResources(RocksOptions options, WALRecoveryMode recovery, boolean logged) {
    // Without a log, tables flushed apart from each other would hold different commits.
    database = own(databaseOptions(options, recovery)).setAtomicFlush(!logged);
    LRUCache cache = own(cache(options.blockCacheBytes()));
    table = own(tableOptions(options, blocks(cache)));
    keys = own(tableOptions(options, partitioned(blocks(cache))));
    read = own(new ReadOptions()).setVerifyChecksums(true);
    synced = own(new WriteOptions()).setSync(logged).setDisableWAL(!logged);
    buffered = own(new WriteOptions()).setSync(false).setDisableWAL(!logged);
  }

  DBOptions database() {
    return database;
  }

  ColumnFamilyOptions table(Table of) {
    return of == Table.IDEMPOTENCY_PLACE ? keys : table;
  }

  ReadOptions read() {
    return read;
  }

  WriteOptions write(Durability durability) {
    return durability == Durability.SYNCED ? synced : buffered;
  }

  /** Leaves the directory as it is: RocksDB writes its own log there even when it only reads. */
  void keepNoInfoLog() {
    database.setLogger(own(new SilentLogger()));
  }

  /** Options for reading a range. The caller closes them and keeps the bound alive. */
  static ReadOptions readOptions() {
    return new ReadOptions().setVerifyChecksums(true);
  }

  private DBOptions databaseOptions(RocksOptions options, WALRecoveryMode recovery) {
    return trackingLogs()
        .setCreateIfMissing(true)
        .setCreateMissingColumnFamilies(true)
        .setParanoidChecks(true)
        .setWalRecoveryMode(recovery)
        // In a recycled log, old records follow the end, so that damage looks like the end.
        .setRecycleLogFileNum(0)
        // Otherwise a rarely written table would keep every log since its last write.
        .setMaxTotalWalSize(options.walBytes())
        .setDbWriteBufferSize(options.writeBufferBytes())
        .setMaxOpenFiles(options.openFiles())
        .setMaxFileOpeningThreads(1)
        .setMaxBackgroundJobs(options.backgroundJobs())
        .setMaxLogFileSize(4 * MIB)
        .setKeepLogFileNum(4)
        .setMaxManifestFileSize(16 * MIB)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setListeners(List.of(own(new FailingForGood())));
  }

  /**
   * Keeps RocksDB from going on by itself after a failure: a store that failed is reopened. A
   * commit that waited for a flush that found the disk full would wait for that recovery, and the
   * recovery for the commit, for ever.
   */
  private static final class FailingForGood extends AbstractEventListener {
    FailingForGood() {
      super(EnabledEventCallback.ON_ERROR_RECOVERY_BEGIN);
    }

    @Override
    public boolean onErrorRecoveryBegin(BackgroundErrorReason reason, Status error) {
      return false;
    }
  }

  /**
   * Options under which the manifest records the length of each finished log, so that a missing or
   * shortened log is noticed. The Java binding has no setter for it.
   */
  private static DBOptions trackingLogs() {
    Properties properties = new Properties();
    properties.setProperty("track_and_verify_wals_in_manifest", "true");
    try (ConfigOptions strict = new ConfigOptions().setIgnoreUnknownOptions(false)) {
      DBOptions parsed = DBOptions.getDBOptionsFromProps(strict, properties);
      if (parsed == null) {
        throw new IllegalStateException("this RocksDB does not track its logs");
      }
      return parsed;
    }
  }

  private BlockBasedTableConfig blocks(LRUCache cache) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        // Indexes and filters count as cache too: memory stays bounded as data grows.
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)));
  }

  /**
   * For many small records whose keys are hashes: their filters may be larger than the cache, so a
   * look-up reads the part of a filter that its key needs.
   */
  private static BlockBasedTableConfig partitioned(BlockBasedTableConfig blocks) {
    return blocks
        .setIndexType(IndexType.kTwoLevelIndexSearch)
        .setPartitionFilters(true)
        .setMetadataBlockSize(METADATA_BYTES);
  }

  private static ColumnFamilyOptions tableOptions(
      RocksOptions options, BlockBasedTableConfig blocks) {
    return new ColumnFamilyOptions()
        .setTableFormatConfig(blocks)
        .setWriteBufferSize(Math.max(MIB, options.writeBufferBytes() / 4))
        // Most keys rise with time, so new data overlaps only the last file of the next level. Each
        // compaction merges with that file, so files there are kept small.
        .setTargetFileSizeBase(FILE_BYTES)
        .setTargetFileSizeMultiplier(2)
        // Compaction writes its result beside its input: this bounds its use of a filling disk.
        .setMaxCompactionBytes(MERGE_BYTES)
        // Nearly all values are sealed: they do not compress.
        .setCompressionType(CompressionType.NO_COMPRESSION);
  }

  /**
   * Few shards, so that the filter of a large file fits into one. RocksDB would cut a small cache
   * into shards of half a mebibyte, and no shard could hold the filter that each look-up of an
   * absent key reads. Half of it is kept for filters and indexes.
   */
  private static LRUCache cache(long bytes) {
    return new LRUCache(bytes, CACHE_SHARD_BITS, /* strictCapacityLimit= */ false, FOR_FILTERS);
  }

  private static final class SilentLogger extends Logger {
    SilentLogger() {
      super(InfoLogLevel.FATAL_LEVEL);
    }

    @Override
    protected void log(InfoLogLevel level, String message) {
      // Failures that matter are thrown as exceptions.
    }
  }

  private <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  @Override
  public void close() {
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("a RocksDB setting did not close", e);
      }
    }
  }
}
