package org.entente.gateway.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.rocksdb.BackupEngine;
import org.rocksdb.RocksDBException;

/**
 * A {@link RocksStore} that follows a log which others keep: RocksDB writes no log of its own.
 *
 * <p>Each batch is applied together with its place in the log, in one atomic write. What is in
 * memory is lost in a crash, for all tables back to the same commit, and {@link #position} tells
 * from where the log is to be applied again. So the log must keep every entry after the position
 * that {@link #flush} returned. {@link #apply} and {@link #flush} are called by one thread; reads,
 * {@link #checkpoint} and backups by any.
 */
public final class RocksReplica implements AutoCloseable {
  private static final byte[] POSITION_KEY =
      "entente.store.position".getBytes(StandardCharsets.US_ASCII);

  private final Store store;
  private final Runnable flush;
  private final Consumer<Path> checkpoint;
  private final BackupSource backup;
  private volatile LogPosition position;

  /** The replica that is in a store, with how to make its commits durable, and how to copy it. */
  RocksReplica(Store store, Runnable flush, Consumer<Path> checkpoint, BackupSource backup) {
    this.store = store;
    this.flush = flush;
    this.checkpoint = checkpoint;
    this.backup = backup;
    byte[] kept = store.get(Table.META, POSITION_KEY);
    this.position = kept == null ? LogPosition.START : LogPosition.decode(kept);
  }

  /**
   * Opens the replica in {@code dir}, creating an empty one if there is none.
   *
   * @throws StoreFailure as {@link RocksStore#open}
   */
  public static RocksReplica open(Path dir, RocksOptions options) {
    RocksStore opened = new RocksOpener<>(dir, options, RocksStore::new).openReplica();
    return new RocksReplica(opened, opened::flush, opened::checkpoint, opened::backUp);
  }

  /**
   * Makes a replica of what a store of this machine alone holds now, {@link
   * LogPosition#OF_A_LEDGER}. On return it is written, and not synced.
   *
   * @param folder does not exist yet; its parent does, on the disk of the store
   * @param more what the replica has beside it
   * @throws StoreFailure if the disk failed; the store is unharmed
   */
  public static void create(RocksStore store, Path folder, RocksOptions options, Batch more) {
    store.flush();
    store.checkpoint(folder);
    try (RocksStore made = new RocksOpener<>(folder, options, RocksStore::new).openReplica()) {
      // A store that was restored from a replica's backup has the place in that one's log.
      made.commit(
          more.put(Table.META, POSITION_KEY, LogPosition.OF_A_LEDGER.encode()),
          Durability.BUFFERED);
      made.flush();
    }
  }

  /**
   * Makes a store of a machine alone of what this replica holds now. On return it is written, and
   * not synced.
   *
   * @param folder does not exist yet; its parent does, on the disk of the replica
   * @param more what the store has beside it
   * @throws StoreFailure if the disk failed; the replica is unharmed
   */
  public void createStore(Path folder, RocksOptions options, Batch more) {
    flush();
    checkpoint(folder);
    try (RocksStore made = RocksStore.open(folder, options)) {
      made.commit(more.delete(Table.META, POSITION_KEY), Durability.SYNCED);
      made.flush();
    }
  }

  /** For reading. Only {@link #apply} may change it, and only {@link #close} closes it. */
  public Store store() {
    return store;
  }

  /** Up to where the log was applied. */
  public LogPosition position() {
    return position;
  }

  /**
   * Applies a batch, all of it or nothing, and moves to {@code now}. On return it is visible to
   * readers, and lost in a crash until {@link #flush}.
   *
   * @throws StoreFailure if it, or an earlier one, could not be written
   */
  public void apply(Batch batch, LogPosition now) {
    if (now.index() <= position.index()) {
      throw new IllegalArgumentException(
          "entry " + now.index() + " after entry " + position.index());
    }
    store.commit(batch.put(Table.META, POSITION_KEY, now.encode()), Durability.BUFFERED);
    position = now;
  }

  /**
   * Makes what was applied durable.
   *
   * @return the position from which the log is needed after a crash
   * @throws StoreFailure if the disk failed
   */
  public LogPosition flush() {
    LogPosition flushed = position;
    flush.run();
    return flushed;
  }

  /**
   * Copies the present state into a folder that does not exist yet; its parent does. The copy is
   * itself a replica and knows its position. It is not synced.
   *
   * @throws StoreFailure if the disk failed; the replica is unharmed
   */
  public void checkpoint(Path folder) {
    checkpoint.accept(folder);
  }

  /** Adds a backup of the present state. Its failure says nothing about the replica. */
  void backUp(BackupEngine engine, String note) throws RocksDBException {
    backup.backUp(engine, note);
  }

  /** Makes what was applied durable if the disk still works, and closes the store. */
  @Override
  public void close() {
    try {
      if (store.state().status() == StoreState.Status.OPEN) {
        flush.run();
      }
    } finally {
      store.close();
    }
  }
}
