package org.entente.gateway.node.assembly;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.node.disk.ReopenSchedule;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of a gateway on one machine: open from the start, and reopened whenever its disk works
 * again after a failure ({@link ReopenSchedule}).
 */
final class LocalNode implements NodeHolder {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

  private final OpeningContext context;
  private final Path data;
  private final ReopenSchedule reopening;
  private final ListenAddresses addresses;
  private volatile @Nullable RunningNode node;
  private volatile String down = "";
  private boolean closed;

  /**
   * Opens the node.
   *
   * @throws IOException if it cannot listen on an address
   */
  LocalNode(OpeningContext context, ConfiguredFiles files) throws IOException {
    this.context = context;
    data = files.config().data();
    reopening = new ReopenSchedule(Foundation.thresholds(files.config()));
    RunningNode first =
        RunningNode.open(
            context, files, storage(files), ListenAddresses.configured(files.config()));
    node = first;
    addresses = first.addresses();
  }

  private NodeStorage storage(ConfiguredFiles files) {
    return new LedgerStorage(files.config(), context.meters());
  }

  @Override
  public Optional<RunningNode> node() {
    return Optional.ofNullable(node);
  }

  @Override
  public ListenAddresses addresses() {
    return addresses;
  }

  @Override
  public String down() {
    return down;
  }

  @Override
  public synchronized void look() {
    RunningNode now = node;
    boolean lost = now == null || now.mendingFailure().isPresent();
    if (!closed && lost && reopening.isDue(data.toFile().getUsableSpace(), System.nanoTime())) {
      reopen(now);
    }
  }

  private void reopen(@Nullable RunningNode failed) {
    Meters meters = context.meters();
    if (failed != null) {
      String why =
          failed
              .mendingFailure()
              .map(Throwable::getMessage)
              .orElse("its ledger accepts no commits");
      LOG.warn("closing the node to reopen it after: {}", why);
      down = "ledger: it is being reopened after: " + why;
      node = null;
      failed.abort(meters);
      meters.gauge(
          "entente_ledger_failed",
          "Whether the ledger accepts no commits, because its disk failed or it needs an operator.",
          List.of(),
          () -> List.of(Meters.Sample.of(1)));
    }
    try {
      ConfiguredFiles files = context.files();
      node = RunningNode.open(context, files, storage(files), addresses);
      LOG.info("the node has been reopened");
      meters.reopened(true);
    } catch (IOException | RuntimeException e) {
      // Whatever the failure: report it and try again, instead of ending the process half-way.
      LOG.error("the node could not be reopened and will be tried again: {}", e.getMessage());
      down = "ledger: it could not be reopened: " + e.getMessage() + "; it will be tried again";
      meters.reopened(false);
    }
    reopening.tried(System.nanoTime());
  }

  @Override
  public synchronized void close() {
    closed = true;
    RunningNode last = node;
    if (last != null && last.mendingFailure().isPresent()) {
      last.abort(context.meters());
    } else if (last != null) {
      last.close();
    }
  }
}
