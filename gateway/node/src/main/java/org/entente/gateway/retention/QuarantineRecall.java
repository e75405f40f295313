package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
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
 * more than {@value #MOST} messages, when the quarantine ends. Used on the writer's thread.
 */
final class QuarantineRecall {
  /** The recall of the last one looks at all of them, on the writer's thread. */
  static final int MOST = 512;

  /** Envelopes of which it is known why they stay. */
  private static final int KNOWN = 1_000;

  private final Ledger ledger;

  /**
   * Why envelopes stay, by their number in quarantine, so that a recall that comes again and again
   * costs the writer a few reads. Only where to look first: it may be lost or out of date.
   */
  private final Map<Long, Stay> stays =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Stay> eldest) {
          return size() > KNOWN;
        }
      };

  /**
   * What is known of an envelope.
   *
   * @param at the message that was not recalled, or is on hold
   * @param exercise its kind of traffic; null if its content was not read yet
   * @param never whether the envelope stays whatever is recalled
   */
  private record Stay(int at, @Nullable Boolean exercise, boolean never) {
    static final Stay UNKNOWN = new Stay(0, null, false);
  }

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
    Stay known = stays.getOrDefault(number, Stay.UNKNOWN);
    Boolean kind = known.exercise();
    if (kind != null && !ledger.retention().isBlocked(tx, origin, target, kind)) {
      return Found.NOTHING;
    }
    // Its content may be large, and a recall may come again and again.
    if (known.never() || !mayEnd(tx, origin, number, record, known)) {
      return Found.STAYS;
    }
    Optional<QuarantinedEnvelope> kept = envelope(ledger.quarantine().content(tx, number));
    Optional<EnvelopeHeader> header =
        kept.flatMap(one -> EnvelopeHeader.parse(one.getHeader().toByteArray()));
    Optional<MessageLeaf> leaf =
        kept.flatMap(one -> CustodySeal.leaf(one.getSealedContentKey().toByteArray()));
    if (header.isEmpty() || leaf.isEmpty() || record.getMessageIdsCount() != header.get().count()) {
      stays.put(number, new Stay(0, null, true));
      return Found.STAYS;
    }
    boolean exercise = header.get().facts().exercise();
    if (!ledger.retention().isBlocked(tx, origin, target, exercise)) {
      stays.put(number, new Stay(known.at(), exercise, false));
      return Found.NOTHING;
    }
    // Again, as only now it is known of which kind of traffic the recalls must be.
    if (!mayEnd(tx, origin, number, record, new Stay(known.at(), exercise, false))) {
      return Found.STAYS;
    }
    stays.remove(number);
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

  /**
   * Whether there is a recall of each message that the record names, and none is on hold. Begins
   * with the one that was not the last time, and notes the one that is not now.
   */
  private boolean mayEnd(
      Transaction tx, AgencyName origin, long number, QuarantineRecord record, Stay known) {
    int count = record.getMessageIdsCount();
    if (count > MOST) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      int at = (known.at() + i) % count;
      MessageId id = MessageId.of(record.getMessageIds(at).toByteArray());
      if (!isRecalled(tx, origin, id, known.exercise())) {
        stays.put(number, new Stay(at, known.exercise(), false));
        return false;
      }
    }
    return true;
  }

  private boolean isRecalled(
      Transaction tx, AgencyName origin, MessageId id, @Nullable Boolean exercise) {
    boolean blocked =
        exercise == null
            ? ledger.retention().hasBlock(tx, origin, id)
            : ledger.retention().isBlocked(tx, origin, id, exercise);
    return blocked
        && ledger.retention().held(tx, id) == null
        && ledger.inbox().find(tx, id) == null;
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
