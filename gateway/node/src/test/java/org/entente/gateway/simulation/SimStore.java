package org.entente.gateway.simulation;

import org.entente.gateway.store.Batch;
import org.entente.gateway.store.Durability;
import org.entente.gateway.store.KeyValue;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreState;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.jspecify.annotations.Nullable;

/** A store on a simulated disk, which fails at a commit when it is told to. */
final class SimStore implements Store {
  /** What happens at the next commit. */
  enum Failure {
    /** The power goes before anything reached the disk. */
    CUT_BEFORE,
    /** The power goes after everything did, and before anybody heard of it. */
    CUT_AFTER,
    /** No space is left; nothing was written. */
    FULL,
    /** The sync fails, and what was written is gone. */
    SYNC_LOST,
    /** The sync fails, and what was written is there all the same. */
    SYNC_KEPT
  }

  private final MemoryStore.Disk disk;
  private final MemoryStore inner;
  private @Nullable Failure next;
  private @Nullable StoreFailure failed;

  SimStore(MemoryStore.Disk disk) {
    this.disk = disk;
    this.inner = new MemoryStore(disk);
  }

  void failNext(Failure failure) {
    next = failure;
  }

  @Override
  public byte @Nullable [] get(Table table, byte[] key) {
    return inner.get(table, key);
  }

  @Override
  public Scan scan(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return inner.scan(table, fromInclusive, toExclusive);
  }

  @Override
  public @Nullable KeyValue last(Table table, byte[] fromInclusive, byte @Nullable [] toExclusive) {
    return inner.last(table, fromInclusive, toExclusive);
  }

  @Override
  public void commit(Batch batch, Durability durability) {
    if (failed != null) {
      throw new StoreFailure(StoreFailure.Kind.FAILED_EARLIER, "failed earlier", failed);
    }
    Failure failure = next;
    next = null;
    if (failure == null) {
      inner.commit(batch, durability);
      return;
    }
    switch (failure) {
      case CUT_BEFORE -> throw new PowerCut();
      case CUT_AFTER -> {
        inner.commit(batch, durability);
        throw new PowerCut();
      }
      case FULL -> throw fail(StoreFailure.Kind.DISK_FULL, "no space is left");
      case SYNC_LOST -> throw fail(StoreFailure.Kind.IO, "the sync failed");
      case SYNC_KEPT -> {
        inner.commit(batch, durability);
        throw fail(StoreFailure.Kind.IO, "the sync failed");
      }
    }
  }

  private StoreFailure fail(StoreFailure.Kind kind, String message) {
    StoreFailure failure = new StoreFailure(kind, message, null);
    failed = failure;
    return failure;
  }

  @Override
  public long freeBytes() {
    return inner.freeBytes();
  }

  @Override
  public void reclaim() {
    inner.reclaim();
  }

  /** What was not synced is gone, as after a power cut. */
  void cutPower() {
    disk.cutPower();
  }

  @Override
  public StoreState state() {
    return failed == null ? inner.state() : StoreState.failed(failed);
  }

  @Override
  public void close() {
    // One that failed syncs nothing any more.
    if (state().failure() == null) {
      inner.close();
    }
  }
}
