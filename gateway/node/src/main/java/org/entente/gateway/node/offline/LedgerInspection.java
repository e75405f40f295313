package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.audit.AuditReport;
import org.entente.gateway.audit.AuditVerifier;
import org.entente.gateway.audit.LogReader;
import org.entente.gateway.audit.StoredLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.trust.TrustBundle;

/**
 * The result of inspecting a node's data from outside: whether its audit log verifies with the keys
 * in the trust bundle, and whether any message is in its inbox twice. Uses no secret key, so
 * records stay sealed, and changes nothing.
 */
public record LedgerInspection(
    AgencyName agency, AuditReport audit, long inboxMessages, long inboxDuplicates) {
  private static final int PAGE = 1_000;

  /** Whether no fault was found. */
  public boolean sound() {
    return audit.ok() && inboxDuplicates == 0;
  }

  /**
   * Inspects the node that a configuration describes, running or stopped. Of a machine of a cluster
   * it sees what is flushed to its disk.
   *
   * @param progress learns how many leaves are verified
   * @throws StartProblem if its data cannot be read
   */
  public static LedgerInspection read(
      Path configFile, InstantSource clock, AuditVerifier.LeafProgress progress) {
    ConfiguredFiles files = ConfiguredFiles.read(configFile, clock);
    NodeConfig config = files.config();
    AgencyName agency = new AgencyName(config.agency());
    TrustBundle bundle = files.verifiedBundle();
    try (Store store = RocksStore.openReadOnly(LedgerFolder.of(config))) {
      AuditReport report =
          new AuditVerifier(
                  AuditComponents.verifier(config, StoredLog.numberInForce(store), bundle),
                  LeafOpener.WITHOUT_KEYS)
              .verify(log(config, store), progress);
      return counted(agency, report, new InboxTable(AuthenticatedStore.unverified(store)));
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage(), e);
    }
  }

  /** In a cluster, this machine may never have signed, and its copy may lack the end of its log. */
  private static LogReader log(NodeConfig config, Store store) {
    StoredLog log = StoredLog.inForce(store, config.audit());
    if (config.cluster() == null) {
      return log;
    }
    log.sizeAhead()
        .ifPresent(
            size -> {
              throw new StartProblem(
                  ("data: the copy on this disk ends before leaf %d, over which this machine"
                          + " signed: the rest is in cluster.log until the gateway flushes it. Stop"
                          + " this machine in order, or verify another one. If it was stopped in"
                          + " order, leaves are missing (docs/operate/cluster.md)")
                      .formatted(size));
            });
    return log.signedByOthers();
  }

  private static LedgerInspection counted(AgencyName agency, AuditReport report, InboxTable inbox) {
    Set<MessageId> ids = new HashSet<>();
    long messages = 0;
    for (Lane lane : Lane.all()) {
      long from = 1;
      List<InboxTable.PlacedRecord> page = inbox.read(lane, from, PAGE);
      while (!page.isEmpty()) {
        for (InboxTable.PlacedRecord placed : page) {
          messages++;
          ids.add(MessageId.of(placed.record().getMessageId().toByteArray()));
          from = placed.position() + 1;
        }
        page = inbox.read(lane, from, PAGE);
      }
    }
    return new LedgerInspection(agency, report, messages, messages - ids.size());
  }
}
