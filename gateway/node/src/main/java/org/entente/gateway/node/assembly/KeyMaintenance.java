package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import org.entente.gateway.audit.CheckpointSigner;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.node.audit.WitnessEndpoint;
import org.entente.gateway.node.keys.KeyProvider;
import org.entente.gateway.node.keys.SealingParts;
import org.entente.gateway.node.keys.SigningPairRenewal;
import org.entente.gateway.receive.NoticeExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the passing of time and of trust bundles asks of the node's keys while it runs: keys are
 * made before they are needed, told to those who need them, and destroyed when their time is over
 * by {@code ending}, which a leap of the clock does not move. Each method may be called as often as
 * one likes; it does what is due at the clock's time. Safe for many threads.
 */
final class KeyMaintenance {
  private static final Logger LOG = LoggerFactory.getLogger(KeyMaintenance.class);

  private final AgencyName self;
  private final Ledger ledger;
  private final KeyProvider keys;
  private final SealingParts sealing;
  private final CheckpointSigner checkpoints;
  private final WitnessEndpoint witness;
  private final NoticeExchange notices;
  private final InstantSource ending;
  private final Runnable fulfilments;

  KeyMaintenance(
      AgencyName self,
      Ledger ledger,
      KeyProvider keys,
      SealingParts sealing,
      CheckpointSigner checkpoints,
      WitnessEndpoint witness,
      NoticeExchange notices,
      InstantSource ending,
      Runnable fulfilments) {
    this.fulfilments = fulfilments;
    this.self = self;
    this.ledger = ledger;
    this.keys = keys;
    this.sealing = sealing;
    this.checkpoints = checkpoints;
    this.witness = witness;
    this.notices = notices;
    this.ending = ending;
  }

  /**
   * Keeps what names this gateway's signing key to others, as proofs about its messages need it.
   * Durable on return.
   */
  void vouch() {
    EvidenceTable.Voucher bundle = new EvidenceTable.Voucher(false, sealing.keyBundle());
    byte[] key = sealing.gatewayKey.verifyingKey().encoded();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger.evidence().vouch(tx, self, key, bundle);
          return bundle;
        });
  }

  /** Makes and destroys the recipient keys that are due, and tells the peers of new ones. */
  void renewRecipientKeys() {
    if (sealing.renewKeys(ending.instant())) {
      vouch();
      notices.announceKeys();
    }
  }

  /** Signs sessions and key bundles with another pair of the agency from now on. */
  void signWith(SigningPair pair) {
    sealing.signWith(pair);
    vouch();
    notices.announceKeys();
  }

  /** Signs checkpoints and cosignatures with another audit pair from now on. */
  void signLogWith(SigningPair pair) {
    checkpoints.signWith(pair);
    witness.signWith(pair);
  }

  /** Takes up what the trust bundle says of pairs, this agency's and others'. */
  void followPairs(SigningPairRenewal renewal) {
    sealing.recheck();
    fulfilments.run();
    renewal.follow();
  }

  /** Destroys the pairs that were replaced and the storage keys whose day is over. */
  void expire(SigningPairRenewal renewal) {
    List<String> replaced = renewal.destroyReplaced(ending.instant());
    if (!replaced.isEmpty()) {
      LOG.info("destroyed signing pairs that were replaced: {}", replaced);
    }
    for (LocalDate day : keys.expire(ending.instant())) {
      recordBucketErased(day);
    }
  }

  private void recordBucketErased(LocalDate day) {
    String detail = "destroyed the key of all that was kept until " + day;
    LOG.info("{}", detail);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.of(
                      AuditType.ERASED,
                      LawCategory.ERASURE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      AuditActor.gateway(self),
                      AuditSubject.NODE)
                  .saying(detail));
          return detail;
        });
  }

  /** Destroys the daily outbox keys that no waiting mail is under. */
  void destroyOutboxKeys() {
    List<String> gone = keys.destroyOutboxKeys(ledger.envelopes().outboxKeys(), ending.instant());
    if (!gone.isEmpty()) {
      LOG.info("destroyed outbox keys that no mail waits under: {}", gone);
    }
  }
}
