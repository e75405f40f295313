package org.entente.gateway;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;

/**
 * The ledger's place on this machine's disk, and the place of its copies. Opened once; the store is
 * closed by whoever got it. Safe for many threads.
 */
final class NodeDisk implements Supplier<Store>, NodeBackups.Copies {
  private final NodeConfig config;
  private volatile @Nullable RocksStore store;

  NodeDisk(NodeConfig config) {
    this.config = config;
  }

  @Override
  public Store get() {
    RocksStore opened = open(config.data());
    store = opened;
    return opened;
  }

  /**
   * Opens the store in a folder.
   *
   * @throws StartProblem saying why it cannot be opened, and who has to do what
   */
  static RocksStore open(Path data) {
    try {
      return RocksStore.open(data, RocksOptions.defaults());
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage() + advice(e.kind()), e);
    }
  }

  private static String advice(StoreFailure.Kind kind) {
    return switch (kind) {
      case OTHER_FORMAT -> "; start that release, or restore a backup that this one made";
      case LOCKED -> "; the gateway runs already";
      case CORRUPT ->
          "; nothing was changed: keep a copy of the folder, look at the disk and its memory, and"
              + " where the file cannot be had back as it was written, restore a backup"
              + " (docs/backup.md)";
      case DISK_FULL -> "; make room on its disk";
      default -> "";
    };
  }

  @Override
  public RocksBackups.Backup add(String note) {
    NodeConfig.Backup settings = config.backup();
    RocksStore opened = store;
    if (settings == null || opened == null) {
      throw new StoreFailure(
          StoreFailure.Kind.IO,
          "the configuration names no folder for backups (backup.folder)",
          null);
    }
    return new RocksBackups(settings.folder()).add(opened, note, settings.keep());
  }

  @Override
  public List<RocksBackups.Backup> list() {
    return Optional.ofNullable(config.backup())
        .map(settings -> new RocksBackups(settings.folder()).list())
        .orElse(List.of());
  }
}
