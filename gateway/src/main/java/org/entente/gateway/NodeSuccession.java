package org.entente.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditPerson;
import org.entente.gateway.audit.CheckpointVerifier;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.LogSuccession.Finding;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.HopBook;
import org.entente.gateway.ledger.OutboxBook;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.RocksOptions;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.Member;
import org.jspecify.annotations.Nullable;

/**
 * Opens another audit log for a node that does not run and whose log cannot be continued, and with
 * it new epochs of all numbers that the node assigns: what makes it go back behind its log makes it
 * forget numbers that others have seen.
 */
public final class NodeSuccession {
  private static final InstantSource CLOCK = InstantSource.system();

  /**
   * Hop epochs rise by one when a peer is ahead. No log sees a thousand of that, so those of the
   * next log lie above every one that was forgotten.
   */
  private static final long HOP_EPOCHS = 1_000;

  private NodeSuccession() {}

  /**
   * Looks at the log of the node that a configuration describes, and opens the next one if it is
   * wanted and there is reason to.
   *
   * @param witnessed file with a checkpoint that a witness holds, or null
   * @param by who decides and why; null only to look
   * @throws StartProblem if the node runs, or its data or keys cannot be used
   */
  public static Finding open(Path configFile, @Nullable Path witnessed, @Nullable AuditPerson by) {
    NodeFiles files = NodeFiles.read(configFile, CLOCK);
    NodeConfig config = files.config();
    SecureRandom random = new SecureRandom();
    try (Keystore keystore = files.keystore(random);
        Store store = RocksStore.open(config.data(), RocksOptions.defaults())) {
      NodeKeys keys = new NodeKeys(keystore, CLOCK, random);
      AgencyName self = new AgencyName(config.agency());
      CheckpointVerifier verifier = verifier(files, keys, self);
      Finding found = LogSuccession.examine(store, config.audit(), verifier, note(witnessed));
      if (by != null && found instanceof Finding.Ended ended) {
        AtRest atRest = new AtRest(keys.storageKeys(), random);
        LogSuccession.begin(
            store,
            config.audit(),
            verifier,
            ended,
            LogSuccession.firstRecord(CLOCK.instant(), new AuditActor(self, null, by), ended),
            number -> new NodeAudit.Sealing(atRest, CLOCK, number),
            random,
            batch -> raiseEpochs(store, batch, ended.next().number()));
      }
      return found;
    }
  }

  private static void raiseEpochs(Store store, Batch batch, int log) {
    OutboxBook.raiseEpoch(store, batch, log);
    HopBook.raiseEpoch(store, batch, log * HOP_EPOCHS);
  }

  /** The keys of now and those that the trust bundle still names. */
  private static CheckpointVerifier verifier(NodeFiles files, NodeKeys keys, AgencyName self) {
    List<VerifyingPair> pairs = new ArrayList<>();
    pairs.addAll(keys.auditPairs().verifying());
    files.verifiedBundle().agency(self).map(Member::audit).orElse(List.of()).stream()
        .map(AgencyKey::pair)
        .forEach(pairs::add);
    return NodeAudit.verifier(files.config(), 1, pairs);
  }

  private static Optional<byte[]> note(@Nullable Path file) {
    if (file == null) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (SignedNote.parse(bytes).asNote().isEmpty()) {
        throw new StartProblem(file + " is no signed note");
      }
      return Optional.of(bytes);
    } catch (IOException e) {
      throw new StartProblem(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
