package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.LocalMessage;
import org.entente.gateway.seal.LocalSeal;
import org.entente.gateway.seal.format.BodyAddress;
import org.entente.gateway.seal.format.MessageLeaf;
import org.entente.proto.store.v1.ErasureCause;
import org.entente.proto.store.v1.ErasureRecord;
import org.entente.proto.store.v1.HoldRecord;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.LegalHold;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions of persons of this agency on received messages: erasing one, and holding one beyond its
 * retention. On return the decision is durable and in the audit log with the person and the reason.
 * Calls block; safe for many threads.
 *
 * <p><b>Hold.</b> The message's body key is rewrapped under a separate key, which the end of a
 * bucket does not destroy. Delivery of its content does not change. Evidence and audit records
 * about it end with their own buckets.
 *
 * <p><b>Key of a hold.</b> It is destroyed only after this ledger saw its hold end, or not begin: a
 * hold that is released keeps it until the message's retention ends, since an older copy of the
 * ledger may be restored. A key of a hold that this ledger does not know belongs to a later state
 * of it that was lost. If the message is here, the hold is placed again; otherwise the key stays,
 * with a warning, until a person releases the hold.
 */
public final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  /** A day before all others. */
  private static final long ALREADY = 0;

  /** Most messages that one leaf names. */
  private static final int NAMED = 256;

  private static final String AGAIN = "placed again, since a restored ledger had forgotten it";
  private static final byte[] REASON = "entente/v1 hold".getBytes(StandardCharsets.US_ASCII);

  private final AgencyName self;
  private final Ledger ledger;
  private final StorageKeys storage;
  private final RetentionKeys keys;
  private final MessageErasure erasing;
  private final LabelCheck check;
  private final LocalSeal seal;
  private final InstantSource ending;
  private final SecureRandom random;

  /** Holds without a record here whose key exists, as of the last {@link #tidy}. */
  private volatile List<MessageId> unknown = List.of();

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
    this.storage = keys.storage();
    this.keys = keys.retention();
    this.erasing = erasing;
    this.check = check;
    this.ending = ending;
    this.seal = new LocalSeal(random);
    this.random = random;
  }

  /**
   * Erases a message; repeating the call gives the first answer.
   *
   * @return when its key was destroyed
   */
  public Result<Instant> erase(NodeName client, MessageId id, OnBehalfOf person) {
    return actor(client, person)
        .then(actor -> write(tx -> erase(tx, actor, id)))
        .map(this::finished);
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
          "a legal hold keeps message " + id + "; release it first");
    }
    record(tx, actor, LawCategory.ERASURE, placed, "erasure decided");
    return Result.done(erasing.begin(tx, placed, ErasureCause.ERASURE_CAUSE_PERSON));
  }

  /**
   * Places a hold; repeating the call gives the first answer.
   *
   * @return since when the message is kept beyond its retention
   */
  public synchronized Result<Instant> hold(NodeName client, MessageId id, OnBehalfOf person) {
    return actor(client, person)
        .then(
            actor ->
                ledger.inbox().find(id) == null
                    ? notFound(id)
                    : hold(actor, id, person.getJustification()));
  }

  private Result<Instant> hold(AuditActor actor, MessageId id, String reason) {
    boolean isNew = !keys.holds().contains(id);
    if (isNew) {
      // A key that a crash leaves before the hold begins is known to be of no use.
      write(tx -> ended(tx, id, ALREADY));
    }
    Result<Instant> answer;
    try (BucketKey hold = keys.hold(id)) {
      answer = write(tx -> hold(tx, actor, id, hold, reason));
    }
    if (isNew && answer instanceof Result.Refused) {
      destroyEnded(id);
    }
    unknown = unknown();
    return answer;
  }

  private Result<MessageId> ended(Transaction tx, MessageId id, long lastDay) {
    ledger.retention().endHold(tx, id, lastDay);
    return Result.done(id);
  }

  private void destroyEnded(MessageId id) {
    keys.destroyHold(id);
    write(
        tx -> {
          ledger.retention().forgetEndedHold(tx, id);
          return Result.done(id);
        });
  }

  private Result<Instant> hold(
      Transaction tx, AuditActor actor, MessageId id, BucketKey hold, String reason) {
    HoldRecord before = ledger.retention().held(tx, id);
    if (before != null) {
      return Result.done(Instant.ofEpochMilli(before.getSinceMs()));
    }
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    Optional<byte[]> record =
        placed == null
            ? Optional.empty()
            : storage
                .existing(LocalDate.ofEpochDay(placed.record().getBucketDay()))
                .flatMap(bucket -> moved(placed.record(), bucket, hold));
    if (placed == null || record.isEmpty()) {
      return notFound(id);
    }
    InboxRecord moved =
        placed.record().toBuilder()
            .setSealedRecord(ByteString.copyFrom(record.get()))
            .setOnHold(true)
            .build();
    ledger.inbox().replace(tx, placed, moved);
    ledger
        .retention()
        .hold(
            tx,
            id,
            HoldRecord.newBuilder()
                .setSinceMs(tx.nowMillis())
                .setArrival(placed.arrival())
                .setBucketDay(placed.record().getBucketDay())
                .setSealedReason(ByteString.copyFrom(sealed(hold, reason)))
                .build());
    ledger.retention().forgetEndedHold(tx, id);
    record(tx, actor, LawCategory.NONE, placed, "legal hold placed");
    return Result.done(Instant.ofEpochMilli(tx.nowMillis()));
  }

  /**
   * Ends a hold.
   *
   * @return when the message's key was destroyed; empty if it is kept until its retention ends
   */
  public synchronized Result<Optional<Instant>> release(
      NodeName client, MessageId id, OnBehalfOf person) {
    return actor(client, person)
        .then(actor -> unknown().contains(id) ? releaseUnknown(actor, id) : release(actor, id));
  }

  private Result<Optional<Instant>> releaseUnknown(AuditActor actor, MessageId id) {
    write(
        tx -> {
          tx.audit(leaf(tx, actor, List.of(id), "legal hold of a lost ledger released"));
          return ended(tx, id, ALREADY);
        });
    destroyEnded(id);
    unknown = unknown();
    return Result.done(Optional.of(ledger.clock().instant()));
  }

  private Result<Optional<Instant>> release(AuditActor actor, MessageId id) {
    Optional<BucketKey> hold = storage.held(id);
    Result<Optional<ErasureRecord>> step = write(tx -> release(tx, actor, id, hold));
    hold.ifPresent(BucketKey::close);
    return step.map(begun -> begun.map(this::finished));
  }

  private Result<Optional<ErasureRecord>> release(
      Transaction tx, AuditActor actor, MessageId id, Optional<BucketKey> holdKey) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    if (ledger.retention().held(tx, id) == null || placed == null) {
      return Result.refused(Code.NOT_FOUND, "message_id", "no legal hold on message " + id);
    }
    ledger.retention().unhold(tx, id);
    ledger.retention().endHold(tx, id, placed.record().getBucketDay());
    record(tx, actor, LawCategory.NONE, placed, "legal hold released");
    InboxRecord record = placed.record();
    if (record.getRecalled()) {
      return Result.done(Optional.of(erasing.begin(tx, placed, ErasureCause.ERASURE_CAUSE_RECALL)));
    }
    LocalDate lastDay = LocalDate.ofEpochDay(record.getBucketDay());
    Optional<byte[]> back =
        today().isAfter(lastDay)
            ? Optional.empty()
            : storage
                .existing(lastDay)
                .flatMap(bucket -> holdKey.flatMap(hold -> moved(record, hold, bucket)));
    if (back.isEmpty()) {
      return Result.done(
          Optional.of(erasing.begin(tx, placed, ErasureCause.ERASURE_CAUSE_HOLD_ENDED)));
    }
    InboxRecord kept =
        record.toBuilder()
            .setSealedRecord(ByteString.copyFrom(back.get()))
            .setOnHold(false)
            .build();
    ledger.inbox().replace(tx, placed, kept);
    return Result.done(Optional.empty());
  }

  /**
   * The record of a message, opened under one key and sealed under another. Its leaf stays, so that
   * forgetting that leaf erases what lay under the bucket's key before and after a hold.
   */
  private Optional<byte[]> moved(InboxRecord record, BucketKey from, BucketKey to) {
    BodyAddress address =
        new BodyAddress(
            new AgencyName(record.getOrigin()),
            EnvelopeId.of(record.getEnvelopeId().toByteArray()),
            record.getIndex());
    byte[] sealed = record.getSealedRecord().toByteArray();
    Optional<LocalMessage> opened = LocalSeal.open(address, from, sealed);
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (LocalMessage message = opened.get()) {
      MessageLeaf leaf = LocalSeal.leaf(sealed).orElseThrow();
      return seal.seal(address, leaf, to, message.bodyKey(), message.label());
    }
  }

  /** Holds after a message id, or from the first, at most {@code most}. */
  public List<LegalHold> holds(@Nullable MessageId after, int most) {
    List<LegalHold> out = new ArrayList<>();
    for (RetentionTable.Hold hold : ledger.retention().holds(after, most)) {
      InboxTable.PlacedRecord placed = ledger.inbox().find(hold.id());
      LegalHold.Builder shown =
          LegalHold.newBuilder()
              .setMessageId(ByteString.copyFrom(hold.id().bytes()))
              .setSince(Timestamps.fromMillis(hold.record().getSinceMs()))
              .setReason(reason(hold));
      if (placed != null) {
        shown.setOrigin(placed.record().getOrigin()).setRecalled(placed.record().getRecalled());
      }
      out.add(shown.build());
    }
    return out;
  }

  private String reason(RetentionTable.Hold hold) {
    byte[] sealed = hold.record().getSealedReason().toByteArray();
    byte[] nonce = Arrays.copyOf(sealed, Aes256Gcm.NONCE_BYTES);
    byte[] ciphertext = Arrays.copyOfRange(sealed, nonce.length, sealed.length);
    Optional<BucketKey> key = storage.held(hold.id());
    if (key.isEmpty()) {
      return "";
    }
    try (BucketKey open = key.get()) {
      return open.records(k -> Aes256Gcm.open(k, nonce, REASON, ciphertext))
          .map(plain -> new String(plain, StandardCharsets.UTF_8))
          .orElse("");
    }
  }

  private byte[] sealed(BucketKey key, String reason) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = reason.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = key.records(k -> Aes256Gcm.seal(k, nonce, REASON, plain));
    byte[] out = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, out, nonce.length, sealed.length);
    return out;
  }

  private Instant finished(ErasureRecord begun) {
    ErasureRecord done = begun.getDoneAtMs() == 0 ? erasing.finish(begun) : begun;
    return Instant.ofEpochMilli(done.getDoneAtMs());
  }

  /**
   * Destroys the keys of ended holds that are due, and places holds again that a restored ledger
   * has forgotten. Called before serving, and regularly.
   */
  public synchronized void tidy() {
    for (RetentionTable.EndedHold ended : ledger.retention().endedHolds()) {
      if (ended.lastDay() < today().toEpochDay()) {
        destroyEnded(ended.id());
      }
    }
    for (MessageId id : unknown()) {
      if (ledger.inbox().find(id) != null) {
        try (BucketKey hold = keys.hold(id)) {
          write(tx -> hold(tx, AuditActor.gateway(self), id, hold, AGAIN));
          LOG.warn("message {} is under a legal hold again, which this ledger did not know", id);
        }
      }
    }
    tell(unknown());
  }

  /** Says each unknown hold once in a run, in the log of operations and in that of the audit. */
  private void tell(List<MessageId> now) {
    List<MessageId> more = new ArrayList<>(now);
    more.removeAll(unknown);
    unknown = now;
    if (!more.isEmpty()) {
      LOG.warn("the keystore has keys of legal holds that the ledger does not know: {}", more);
      List<MessageId> named = more.subList(0, Math.min(more.size(), NAMED));
      String what =
          "keys of " + more.size() + " legal holds that this ledger does not know are kept";
      write(
          tx -> {
            tx.audit(leaf(tx, AuditActor.gateway(self), named, what));
            return Result.done(what);
          });
    }
  }

  /** Holds whose key exists, and of which this ledger saw neither beginning nor end. */
  private List<MessageId> unknown() {
    Set<MessageId> ended =
        ledger.retention().endedHolds().stream()
            .map(RetentionTable.EndedHold::id)
            .collect(Collectors.toSet());
    return keys.holds().stream()
        .filter(id -> !ended.contains(id) && !ledger.retention().isHeld(id))
        .toList();
  }

  /** Conditions that need an operator's attention. */
  public List<String> warnings() {
    List<MessageId> now = unknown;
    return now.isEmpty()
        ? List.of()
        : List.of(
            "holds: the keystore has the keys of %d legal holds that this ledger does not know, one"
                    .formatted(now.size())
                + " of message "
                + now.get(0)
                + "; they are kept until `hold release` of each");
  }

  private LocalDate today() {
    return LocalDate.ofInstant(ending.instant(), ZoneOffset.UTC);
  }

  private <T> Result<T> write(Transaction.Mutation<Result<T>> mutation) {
    return ledger.commit(Lane.ROUTINE, mutation);
  }

  private static void record(
      Transaction tx,
      AuditActor actor,
      LawCategory law,
      InboxTable.PlacedRecord placed,
      String what) {
    InboxRecord record = placed.record();
    AuditSubject subject =
        new AuditSubject(
            null,
            List.of(MessageId.of(record.getMessageId().toByteArray())),
            List.of(new AgencyName(record.getOrigin())),
            null);
    tx.audit(leaf(tx, law, actor, subject, what));
  }

  private static AuditRecord leaf(
      Transaction tx, AuditActor actor, List<MessageId> messages, String what) {
    AuditSubject subject = new AuditSubject(null, messages, List.of(), null);
    return leaf(tx, LawCategory.NONE, actor, subject, what);
  }

  private static AuditRecord leaf(
      Transaction tx, LawCategory law, AuditActor actor, AuditSubject subject, String what) {
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    return AuditRecord.of(AuditType.OPERATOR_ACTION, law, now, actor, subject).saying(what);
  }

  private Result<AuditActor> actor(NodeName client, OnBehalfOf person) {
    return Result.unless(
        check.decision(person), () -> Result.done(AuditActor.client(self, client, person)));
  }

  private static <T> Result<T> notFound(MessageId id) {
    return Result.refused(Code.NOT_FOUND, "message_id", "no message " + id + " is kept here");
  }
}
