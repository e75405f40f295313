package org.entente.gateway.node.offline;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.feature.release.HeldDraftReader;
import org.entente.gateway.feature.release.HeldDraftTable;
import org.entente.gateway.ledger.LedgerLimits;
import org.entente.gateway.ledger.record.AuthenticatedStore;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.record.UnreadableRecords;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.policy.analysis.PolicyReplay;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Label;

/**
 * Reads the labels in the ledger of a stopped node: of received messages not yet erased, of drafts
 * held for a second person, and, for sent messages, the part kept in their evidence. Opens the
 * ledger for reading only; bodies of received messages stay sealed.
 */
final class LedgerLabelReader {
  private static final int PAGE = 1_000;

  private final ConfiguredFiles files;
  private final InstantSource clock;

  LedgerLabelReader(ConfiguredFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
  }

  /**
   * Passes all labels to a replay.
   *
   * @throws StartProblem if the node runs, or its data or keys cannot be read
   */
  void replay(PolicyReplay replay) {
    SecureRandom random = new SecureRandom();
    AgencyName self = new AgencyName(files.config().agency());
    try (Keystore keystore = files.keystore(random);
        Store opened = RocksStore.openReadOnly(LedgerFolder.of(files.config()))) {
      // Labels are sealed, which authenticates them; nothing else is read.
      Store store = AuthenticatedStore.unverified(opened);
      KeyProvider provider = new KeyProvider(keystore, clock, random);
      StorageKeys keys = provider.storageKeys();
      received(new InboxTable(store), keys, self, replay);
      RecordSeal atRest = new RecordSeal(keys, random);
      new HeldDraftReader(new HeldDraftTable(store, new UnreadableRecords()), atRest)
          .forEach(it -> replay.published(it.id(), it.draft(), self, it.since()));
      new EvidenceRecords(atRest, self)
          .eachSent(
              new EvidenceTable(store, provider.storedNames(), LedgerLimits.DEFAULT_GATEWAY_KEYS),
              (id, facts) -> sent(id, facts, self, replay));
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage(), e);
    }
  }

  private static void sent(MessageId id, SentFacts facts, AgencyName self, PolicyReplay replay) {
    if (facts.getRecall()) {
      return;
    }
    List<PolicyReplay.SentPart> parts =
        facts.getPartsList().stream().map(part -> sent(facts, part)).toList();
    replay.sent(id, parts, self, Instant.ofEpochMilli(facts.getAcceptedAtMs()));
  }

  private static PolicyReplay.SentPart sent(SentFacts facts, SentPart part) {
    Label label =
        Label.newBuilder()
            .setKindValue(part.getKind())
            .setCategoryValue(part.getCategory())
            .setPurposeValue(part.getPurpose())
            .setClassificationValue(part.getClassification())
            .addAllHandlingValue(part.getHandlingList())
            .setPersonalData(part.getPersonalData())
            .setLegalBasis(part.getLegalBasis())
            .setCaseRef(part.getCaseRef())
            .setLaneValue(facts.getLane())
            .build();
    return new PolicyReplay.SentPart(
        label, part.getRecipientsList().stream().map(AgencyName::new).toList());
  }

  private static void received(
      InboxTable inbox, StorageKeys keys, AgencyName self, PolicyReplay replay) {
    InboxOpener opening = new InboxOpener(keys, inbox);
    for (Lane lane : Lane.all()) {
      List<InboxTable.PlacedRecord> page = inbox.read(lane, 1, PAGE);
      while (!page.isEmpty()) {
        for (InboxTable.PlacedRecord placed : page) {
          received(inbox, opening, placed, self, replay);
        }
        page = inbox.read(lane, page.get(page.size() - 1).position() + 1, PAGE);
      }
    }
  }

  private static void received(
      InboxTable inbox,
      InboxOpener opening,
      InboxTable.PlacedRecord placed,
      AgencyName self,
      PolicyReplay replay) {
    if (placed.isDamaged()) {
      return;
    }
    byte[] body = inbox.body(placed);
    opening
        .label(placed)
        .ifPresent(
            label ->
                replay.received(
                    MessageId.of(placed.record().getMessageId().toByteArray()),
                    label,
                    body == null ? 0 : body.length,
                    self,
                    Instant.ofEpochMilli(placed.record().getReceivedAtMs())));
  }
}
