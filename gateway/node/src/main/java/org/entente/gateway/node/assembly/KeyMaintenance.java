package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the node's keys while it runs: makes them before they are needed, announces them, and
 * destroys them when their time ends by {@code ending}, which does not follow a clock jump. Methods
 * may be called at any interval; each does what is due at the clock's time. Safe for many threads.
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
   * Stores the key bundle that names this gateway's signing key, as proofs about its messages need
   * it. Durable on return.
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

  /** Makes and destroys the recipient keys that are due, and announces new ones to the peers. */
  void renewRecipientKeys() {
    if (sealing.renewKeys(ending.instant())) {
      vouch();
      notices.announceKeys();
    }
  }

  /** From now on, signs sessions and key bundles with another pair of the agency. */
  void signWith(SigningPair pair) {
    sealing.signWith(pair);
    vouch();
    notices.announceKeys();
  }

  /** From now on, signs checkpoints and cosignatures with another audit pair. */
  void signLogWith(SigningPair pair) {
    checkpoints.signWith(pair);
    witness.signWith(pair);
  }

  /** Follows the signing pairs listed in the trust bundle, for this agency and others. */
  void followPairs(SigningPairRenewal renewal) {
    sealing.recheck();
    fulfilments.run();
    renewal.follow();
  }

  /** Destroys replaced pairs, and storage keys whose day has passed. */
  void expire(SigningPairRenewal renewal) {
    List<String> replaced = renewal.destroyReplaced(ending.instant());
    if (!replaced.isEmpty()) {
      LOG.info("destroyed replaced signing pairs: {}", replaced);
    }
    Instant now = ending.instant();
    List<LocalDate> ended = keys.expire(now);
    List<LocalDate> gone = unrecorded(LocalDate.ofInstant(now, ZoneOffset.UTC), ended);
    boolean any = !ended.isEmpty() || !gone.isEmpty();
    List<String> unconfirmed = any ? keys.unconfirmed() : List.of();
    List<String> attested = keys.attested();
    ended.forEach(day -> recordBucketErased(bucketErased(day, unconfirmed, attested)));
    gone.forEach(day -> recordBucketErased(bucketGone(day, unconfirmed, attested)));
  }

  /**
   * Ended buckets whose messages are still here, although their keys are gone: a crash came between
   * the key and its leaf, or this ledger was restored. The next step removes the messages. A leaf
   * that was written before a crash is followed by this one.
   */
  private List<LocalDate> unrecorded(LocalDate today, List<LocalDate> recorded) {
    return ledger.retention().days().stream()
        .map(LocalDate::ofEpochDay)
        .filter(day -> day.isBefore(today) && !recorded.contains(day) && keys.lacksBucket(day))
        .toList();
  }

  /** What the audit log says, which names the nodes of a cluster that may still have the key. */
  static String bucketErased(LocalDate day, List<String> unconfirmed, List<String> attested) {
    return "destroyed the storage key of messages kept until "
        + day
        + machines(unconfirmed, attested);
  }

  /** The same of a key that was gone already; it may also have been lost. */
  static String bucketGone(LocalDate day, List<String> unconfirmed, List<String> attested) {
    return "the keystore lacks the storage key of messages kept until "
        + day
        + ", which ended: it was destroyed before a stop, or lost"
        + machines(unconfirmed, attested);
  }

  private static String machines(List<String> unconfirmed, List<String> attested) {
    return (unconfirmed.isEmpty()
            ? ""
            : "; not confirmed by node " + String.join(", ", unconfirmed))
        + (attested.isEmpty() ? "" : "; attested for node " + String.join(", ", attested));
  }

  private void recordBucketErased(String detail) {
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

  /** {@link KeyProvider#makeAhead}. */
  void makeKeysAhead() {
    try {
      keys.makeAhead();
    } catch (KeystoreFailure e) {
      LOG.warn("keys of the days ahead cannot be made now: {}", e.getMessage());
    }
  }

  /** Destroys the daily outbox keys that no queued message uses. */
  void destroyOutboxKeys() {
    List<String> gone = keys.destroyOutboxKeys(ledger.envelopes().outboxKeys(), ending.instant());
    if (!gone.isEmpty()) {
      LOG.info("destroyed unused outbox keys: {}", gone);
    }
  }
}
