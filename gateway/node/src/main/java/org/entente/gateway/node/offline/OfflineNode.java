package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.feature.report.AuditExporter;
import org.entente.gateway.feature.report.MessageProver;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.commit.CommitObserver;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.audit.AuditComponents;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.node.keys.SigningPairSet;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.Store;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stopped node, opened with its keys for an operator's commands. The commands are recorded in its
 * audit log as on a running node; the next start signs it. The caller closes it.
 */
public final class OfflineNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OfflineNode.class);

  private final InstantSource clock;
  private final AgencyName self;
  private final TrustBundle bundle;
  private final Keystore keystore;
  private final Store store;
  private final SecretBytes recordKey;
  private final Ledger ledger;
  private final LogArchive archive;
  private final EvidenceRecords evidence;
  private final AuditExporter exporting;

  private OfflineNode(
      ConfiguredFiles files,
      Keystore keystore,
      Store store,
      SecureRandom random,
      InstantSource clock) {
    NodeConfig config = files.config();
    this.clock = clock;
    self = new AgencyName(config.agency());
    bundle = files.verifiedBundle();
    this.keystore = keystore;
    this.store = store;
    KeyProvider keys = new KeyProvider(keystore, clock, random);
    RecordSeal atRest = new RecordSeal(keys.storageKeys(), random);
    SigningPairSet pairs = keys.auditPairs();
    SigningPair pair = pairs.inForce(bundle.agency(self).map(Member::audit).orElse(List.of()));
    AuditComponents audit =
        AuditComponents.open(config, store, pair, pairs.verifying(), atRest, clock, random);
    recordKey = keys.recordKey();
    ledger =
        new Ledger(
            AuthenticatedStore.of(store, recordKey),
            keys.storedNames(),
            audit.journal(),
            clock,
            LedgerLimits.DEFAULT,
            new FailureObserver());
    archive = AuditComponents.archive(config, store, atRest, clock);
    evidence = new EvidenceRecords(atRest, self);
    exporting =
        new AuditExporter(
            new AuditExporter.Parts(
                self,
                archive,
                ledger,
                evidence,
                new InboxOpener(keys.storageKeys(), ledger.inbox()),
                atRest));
  }

  private static final class FailureObserver implements CommitObserver {
    @Override
    public void committed(int changes, long bytes, long nanos) {
      // No meters offline.
    }

    @Override
    public void failed(LedgerFailure why) {
      LOG.error("{}", why.getMessage());
    }
  }

  /**
   * Opens the node that a configuration describes.
   *
   * @throws StartProblem if it runs, or its data or keys cannot be used
   */
  public static OfflineNode open(Path configFile, InstantSource clock) {
    ConfiguredFiles files = ConfiguredFiles.read(configFile, clock);
    SecureRandom random = new SecureRandom();
    Keystore keystore = files.keystore(random);
    try {
      Store store = LedgerFolder.open(files.config());
      try {
        OfflineNode node = new OfflineNode(files, keystore, store, random, clock);
        node.ledger.start();
        return node;
      } catch (RuntimeException e) {
        store.close();
        throw e;
      }
    } catch (RuntimeException e) {
      keystore.close();
      throw e;
    }
  }

  /** A page of audit records, by time or by the person or object named, on behalf of a person. */
  public Result<ExportResponse> export(AuditPerson person, ExportRequest request) {
    return exporting.export(new AuditActor(self, null, person), request, () -> {});
  }

  /** Proves that a message was accepted or received here, on behalf of a person. */
  public Result<byte[]> prove(AuditPerson person, MessageId id, Optional<AgencyName> recipient) {
    MessageProver proving =
        new MessageProver(
            new MessageProver.Parts(self, archive, ledger, evidence, () -> bundle, clock));
    return proving.prove(new AuditActor(self, null, person), id, recipient, () -> {});
  }

  @Override
  public void close() {
    ledger.close();
    store.close();
    recordKey.close();
    keystore.close();
  }
}
