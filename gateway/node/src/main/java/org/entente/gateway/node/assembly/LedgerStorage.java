package org.entente.gateway.node.assembly;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.entente.gateway.cluster.KnownFolder;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.store.FileMirror;
import org.entente.gateway.store.RocksBackups;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreCounts;
import org.entente.gateway.store.StoreFailure;
import org.jspecify.annotations.Nullable;

/**
 * The ledger on this machine's disk, and its backups. Opened once; the caller closes the store.
 * Safe for many threads.
 */
final class LedgerStorage implements NodeStorage {
  private final NodeConfig config;
  private final Meters meters;
  private final Optional<KnownFolder> attachments;
  private final FileMirror files;
  private final LedgerCopies copies;
  private volatile @Nullable RocksStore store;

  LedgerStorage(NodeConfig config, Meters meters) {
    this.config = config;
    this.meters = meters;
    attachments = LedgerFolder.attachments(config);
    files =
        attachments
            .<FileMirror>map(folder -> new FileMirror.Alone(folder::require))
            .orElse(FileMirror.ALONE);
    copies = new LedgerCopies(config, meters, this::backUp, files::requireHere);
  }

  @Override
  public Store store() {
    RocksStore opened = LedgerFolder.open(config);
    store = opened;
    meters.counter(
        "entente_ledger_operations_total",
        "What the ledger's store did since it was opened, and its calls of native code.",
        List.of("operation"),
        () -> samples(opened.counts()));
    copies.meter(Runnable::run);
    attachments.ifPresent(KnownFolder::begin);
    return opened;
  }

  @Override
  public OtherMachines machines() {
    return new OtherMachines.None(files);
  }

  @Override
  public BackupCopies backups() {
    return copies;
  }

  private RocksBackups.Backup backUp(RocksBackups backups, String note, int keep) {
    RocksStore opened = store;
    if (opened == null) {
      throw new StoreFailure(StoreFailure.Kind.IO, "the ledger is not open", null);
    }
    return backups.add(opened, note, keep);
  }

  private static List<Meters.Sample> samples(StoreCounts counts) {
    return Arrays.stream(StoreCounts.Operation.values())
        .map(
            operation ->
                new Meters.Sample(
                    List.of(operation.name().toLowerCase(Locale.ROOT)), counts.count(operation)))
        .toList();
  }
}
