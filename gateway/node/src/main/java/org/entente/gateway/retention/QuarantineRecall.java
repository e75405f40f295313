package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.CustodySeal;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantinedEnvelope;
import org.jspecify.annotations.Nullable;

/**
 * Applies recalls to messages whose envelope this gateway failed to process. No client gets them,
 * but their envelope can be opened until the key of its quarantine is destroyed. One key is for all
 * messages of an envelope, so it is destroyed once all of them are recalled; of an envelope with
 * more than {@value #MOST} messages, when the quarantine ends. Safe for many threads.
 */
final class QuarantineRecall {
  /** Each recall looks at all of them, on the writer's thread. */
  static final int MOST = 512;

  private final Ledger ledger;

  /** What a recall found in quarantine. */
  enum Found {
    /** No message that it recalls. */
    NOTHING,
    /** The message, which stays with others of its envelope, on hold, or because it is damaged. */
    STAYS,
    /** The message, whose erasure has begun with that of all others of its envelope. */
    ENDS
  }

  QuarantineRecall(Ledger ledger) {
    this.ledger = ledger;
  }

  /** Applies a recall whose target is blocked already, in the transaction that stores it. */
  Found apply(Transaction tx, AgencyName origin, MessageId target) {
    long number = ledger.quarantine().received(tx, origin, target);
    QuarantineRecord record = number == 0 ? null : ledger.quarantine().read(tx, number);
    if (record == null) {
      return Found.NOTHING;
    }
    // Its content may be large, and a recall may come again and again.
    if (!mayEnd(tx, origin, record)) {
      return Found.STAYS;
    }
    Optional<QuarantinedEnvelope> kept = envelope(ledger.quarantine().content(tx, number));
    Optional<EnvelopeHeader> header =
        kept.flatMap(one -> EnvelopeHeader.parse(one.getHeader().toByteArray()));
    Optional<MessageLeaf> leaf =
        kept.flatMap(one -> CustodySeal.leaf(one.getSealedContentKey().toByteArray()));
    if (header.isEmpty() || leaf.isEmpty()) {
      return Found.STAYS;
    }
    boolean exercise = header.get().facts().exercise();
    if (!ledger.retention().isBlocked(tx, origin, target, exercise)) {
      return Found.NOTHING;
    }
    if (!areRecalled(tx, origin, record, header.get())) {
      return Found.STAYS;
    }
    for (ByteString id : record.getMessageIdsList()) {
      ledger
          .retention()
          .begin(
              tx,
              ErasureRecord.newBuilder()
                  .setMessageId(id)
                  .setOrigin(origin.value())
                  .setEnvelopeId(ByteString.copyFrom(header.get().facts().id().bytes()))
                  .setLeaf(leaf.get().number())
                  .setBucketDay(kept.get().getBucketDay())
                  .setHeaderHash(record.getHeaderHash())
                  .setCause(ErasureCause.ERASURE_CAUSE_RECALL)
                  .setAtMs(tx.nowMillis())
                  .build());
    }
    var unused =
        ledger.quarantine().settle(tx, number, record, QuarantineState.QUARANTINE_STATE_GONE);
    return Found.ENDS;
  }

  /** Whether there is a recall of each message that the record names, and none is on hold. */
  private boolean mayEnd(Transaction tx, AgencyName origin, QuarantineRecord record) {
    return record.getMessageIdsCount() <= MOST
        && Quarantining.messages(record).stream()
            .allMatch(
                id ->
                    ledger.retention().hasBlock(tx, origin, id)
                        && ledger.retention().held(tx, id) == null
                        && ledger.inbox().find(tx, id) == null);
  }

  /** Whether these are all messages of the envelope, and the recalls are of its kind of traffic. */
  private boolean areRecalled(
      Transaction tx, AgencyName origin, QuarantineRecord record, EnvelopeHeader header) {
    boolean exercise = header.facts().exercise();
    return record.getMessageIdsCount() == header.count()
        && Quarantining.messages(record).stream()
            .allMatch(id -> ledger.retention().isBlocked(tx, origin, id, exercise));
  }

  private static Optional<QuarantinedEnvelope> envelope(byte @Nullable [] content) {
    try {
      return content == null
          ? Optional.empty()
          : Optional.of(QuarantinedEnvelope.parseFrom(content));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty(); // a retry reports the damage
    }
  }
}
