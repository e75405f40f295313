package org.entente.gateway;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.intake.WaitingDrafts;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.HeldBook;
import org.entente.gateway.ledger.InboxBook;
import org.entente.gateway.ledger.StorageKeys;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.PolicyReplay;
import org.entente.gateway.receive.InboxOpening;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.store.RocksStore;
import org.entente.gateway.store.Store;
import org.entente.gateway.store.StoreFailure;

/**
 * The labels in the ledger of a node that does not run: of messages received and not yet erased,
 * and of drafts that wait for a second person. A sender keeps no label of what it has sent. The
 * ledger is opened for reading only; bodies of received messages stay closed.
 */
final class NodeLabels {
  private static final int PAGE = 1_000;

  private final NodeFiles files;
  private final InstantSource clock;

  NodeLabels(NodeFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
  }

  /**
   * Puts all of them to a replay.
   *
   * @throws StartProblem if the node runs, or its data or keys cannot be read
   */
  void replay(PolicyReplay replay) {
    SecureRandom random = new SecureRandom();
    AgencyName self = new AgencyName(files.config().agency());
    try (Keystore keystore = files.keystore(random);
        Store store = RocksStore.openReadOnly(files.config().data())) {
      StorageKeys keys = new NodeKeys(keystore, clock, random).storageKeys();
      received(new InboxBook(store), keys, self, replay);
      new WaitingDrafts(new HeldBook(store), new AtRest(keys, random))
          .forEach(it -> replay.published(it.id(), it.draft(), self, it.since()));
    } catch (StoreFailure e) {
      throw new StartProblem("data: " + e.getMessage(), e);
    }
  }

  private static void received(
      InboxBook inbox, StorageKeys keys, AgencyName self, PolicyReplay replay) {
    InboxOpening opening = new InboxOpening(keys, inbox);
    for (Lane lane : Lane.all()) {
      List<InboxBook.Placed> page = inbox.read(lane, 1, PAGE);
      while (!page.isEmpty()) {
        for (InboxBook.Placed placed : page) {
          received(inbox, opening, placed, self, replay);
        }
        page = inbox.read(lane, page.get(page.size() - 1).position() + 1, PAGE);
      }
    }
  }

  private static void received(
      InboxBook inbox,
      InboxOpening opening,
      InboxBook.Placed placed,
      AgencyName self,
      PolicyReplay replay) {
    if (placed.isDamaged()) {
      return;
    }
    byte[] body = inbox.body(placed.position());
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
