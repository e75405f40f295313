package org.entente.gateway.retention;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.v1.LegalHold;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of persons of this agency on received messages: erasing one, and holding one beyond its
 * retention. On return the decision is durable and in the audit log with the person and the reason.
 * Calls block; safe for many threads.
 *
 * <p><b>Hold.</b> The message's body key is rewrapped under a separate key, which the end of a
 * bucket does not destroy. Delivery of its content does not change. Evidence and audit records
 * about it end with their own buckets.
 */
public final class Retention {
  private final AgencyName self;
  private final Ledger ledger;
  private final MessageErasure erasing;
  private final LabelCheck check;
  private final LegalHolds holds;
  private final HoldRecovery recovery;

  /**
   * The keys of kept messages.
   *
   * @param storage those of buckets and holds, to open and seal with
   * @param retention makes and destroys them
   */
  public record Keys(StorageKeys storage, RetentionKeys retention) {}

  /**
   * Creates the decisions of a ledger.
   *
   * @param ending the clock by which retention ends
   */
  public Retention(
      AgencyName self,
      Ledger ledger,
      Keys keys,
      MessageErasure erasing,
      LabelCheck check,
      InstantSource ending,
      SecureRandom random) {
    this.self = self;
    this.ledger = ledger;
    this.erasing = erasing;
    this.check = check;
    this.holds =
        new LegalHolds(self, ledger, keys.storage(), keys.retention(), erasing, ending, random);
    this.recovery = new HoldRecovery(self, ledger, keys.retention(), holds);
  }

  /**
   * Erases a message; repeating the call gives the first answer. {@link Code#NOT_READY} while the
   * message is hidden, and a machine has not confirmed that its key is destroyed.
   *
   * @return when its key was destroyed
   */
  public Result<Instant> erase(NodeName client, MessageId id, OnBehalfOf person) {
    return actor(client, person)
        .then(actor -> write(tx -> erase(tx, actor, id)))
        .then(this::finished);
  }

  private Result<ErasureRecord> erase(Transaction tx, AuditActor actor, MessageId id) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    if (placed == null) {
      ErasureRecord pending = ledger.retention().pending(tx, id);
      ErasureRecord begun = pending == null ? ledger.retention().done(tx, id) : pending;
      return begun == null ? notFound(id) : Result.done(begun);
    }
    if (placed.record().getOnHold()) {
      return Result.refused(
          Code.ON_LEGAL_HOLD,
          "message_id",
          "a legal hold keeps message " + id + "; a client with the scope retention releases it");
    }
    RetentionLeaf.record(tx, actor, LawCategory.ERASURE, placed, "erasure decided");
    return Result.done(erasing.begin(tx, placed, ErasureCause.ERASURE_CAUSE_PERSON));
  }

  /**
   * Places a hold, or confirms one that was placed again after a restore; otherwise repeating the
   * call gives the first answer.
   *
   * @return since when the message is kept beyond its retention
   */
  public synchronized Result<Instant> hold(NodeName client, MessageId id, OnBehalfOf person) {
    Result<Instant> answer =
        actor(client, person).then(actor -> holds.place(actor, id, person.getJustification()));
    recovery.look(id);
    return answer;
  }

  /**
   * Ends a hold. What that erases is answered as by {@link #erase}, also if the call is repeated.
   *
   * @return when the message's key was destroyed; empty if it is kept until its retention ends
   */
  public synchronized Result<Optional<Instant>> release(
      NodeName client, MessageId id, OnBehalfOf person) {
    Result<Optional<Instant>> answer =
        actor(client, person)
            .then(
                actor ->
                    recovery.isUnknown(id)
                        ? recovery.releaseUnknown(actor, id)
                        : holds.release(actor, id, "legal hold released"));
    recovery.look(id);
    return answer;
  }

  /** Holds after a message id, or from the first, at most {@code most}. */
  public List<LegalHold> holds(@Nullable MessageId after, int most) {
    return holds.holds(after, most);
  }

  private Result<Instant> finished(ErasureRecord begun) {
    return erasing.finish(begun).map(done -> Instant.ofEpochMilli(done.getDoneAtMs()));
  }

  /**
   * Has a restored ledger know the holds that it has forgotten, and finishes what a crash has left.
   * Called before serving, and regularly after the keys that are due are destroyed.
   */
  public synchronized void tidy() {
    recovery.round();
  }

  /** Conditions that need an operator's attention. */
  public List<String> warnings() {
    return recovery.warnings();
  }

  private <T> Result<T> write(Transaction.Mutation<Result<T>> mutation) {
    return ledger.commit(Lane.ROUTINE, mutation);
  }

  private Result<AuditActor> actor(NodeName client, OnBehalfOf person) {
    return Result.unless(
        check.decision(person), () -> Result.done(AuditActor.client(self, client, person)));
  }

  private static <T> Result<T> notFound(MessageId id) {
    return Result.refused(Code.NOT_FOUND, "message_id", "no message " + id + " is kept here");
  }
}
