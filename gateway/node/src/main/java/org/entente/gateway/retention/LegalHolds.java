package org.entente.gateway.retention;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
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
import java.util.stream.Stream;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.RetentionTable;
import org.entente.gateway.ledger.table.RetentionTable.EndedHold;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.retention.RetentionKeys.HoldKey;
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
import org.jspecify.annotations.Nullable;

/**
 * Legal holds: messages that are kept beyond their retention.
 *
 * <p><b>Key.</b> The message's body key is rewrapped under a key of the hold, which the end of a
 * bucket does not destroy. A hold that ends while the retention lasts leaves its key until that
 * ends, since an older copy of the ledger may be restored ({@link HoldRecovery}).
 *
 * <p><b>Crashes.</b> A hold ends in the ledger first, and then in the keystore. It begins in the
 * keystore first; before, the ledger records that this key is of no use, which the commit that
 * places the hold removes. Such a record names a key by the time when it came into use, so that it
 * says nothing about a later hold of the same message.
 *
 * <p>Calls block. For one thread at a time.
 */
final class LegalHolds {
  /** Most holds, in force or with a key that is not destroyed yet: each is in the keystore. */
  static final int MOST = 10_000;

  private static final SharedRoom ROOM = new SharedRoom(MOST);

  /** A day before all others. */
  private static final long ALREADY = 0;

  private static final String AGAIN = "placed again, since a restored ledger had forgotten it";
  private static final byte[] REASON = "entente/v1 hold".getBytes(StandardCharsets.US_ASCII);

  private final AgencyName self;
  private final Ledger ledger;
  private final StorageKeys storage;
  private final RetentionKeys keys;
  private final MessageErasure erasing;
  private final LocalSeal seal;
  private final InstantSource ending;
  private final SecureRandom random;

  /**
   * Creates the holds of a ledger.
   *
   * @param ending the clock by which retention ends
   */
  LegalHolds(
      AgencyName self,
      Ledger ledger,
      StorageKeys storage,
      RetentionKeys keys,
      MessageErasure erasing,
      InstantSource ending,
      SecureRandom random) {
    this.self = self;
    this.ledger = ledger;
    this.storage = storage;
    this.keys = keys;
    this.erasing = erasing;
    this.ending = ending;
    this.seal = new LocalSeal(random);
    this.random = random;
  }

  /**
   * Places a hold, or confirms one that was placed again; otherwise repeating the call gives the
   * first answer.
   *
   * @return since when the message is kept beyond its retention
   */
  Result<Instant> place(AuditActor actor, MessageId id, String reason) {
    if (ledger.inbox().find(id) == null) {
      return notFound(id);
    }
    if (ledger.retention().isHeld(id)) {
      Optional<BucketKey> key = storage.held(id);
      Result<Instant> answer = write(tx -> confirm(tx, actor, id, key, reason));
      key.ifPresent(BucketKey::close);
      return answer;
    }
    int all = keys.holds().size();
    if (!ROOM.fits(own(actor, all), all)) {
      return Result.refused(
          Code.LIMIT_REACHED,
          "message_id",
          ("%d legal holds are in force, or have ended before the retention of their messages; a"
                  + " client may have no more than are free of %d: release those that are over")
              .formatted(all, MOST));
    }
    return place(actor, id, reason, false);
  }

  /**
   * How many holds with a key a client has placed, in force or ended, or none while that makes no
   * difference.
   */
  private long own(AuditActor actor, int all) {
    if (all < MOST / 2) {
      return 0;
    }
    Stream<ByteString> inForce =
        ledger.retention().holds(null, MOST).stream().map(hold -> hold.record().getClient());
    Stream<ByteString> ended = ledger.retention().endedHolds().stream().map(EndedHold::client);
    return Stream.concat(inForce, ended).filter(token(actor)::equals).count();
  }

  private ByteString token(AuditActor actor) {
    NodeName client = actor.client();
    return client == null
        ? ByteString.EMPTY
        : ByteString.copyFrom(ledger.names().token(client.value()));
  }

  private Result<Instant> confirm(
      Transaction tx, AuditActor actor, MessageId id, Optional<BucketKey> key, String reason) {
    HoldRecord held = ledger.retention().held(tx, id);
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    if (held == null || placed == null) {
      return notFound(id);
    }
    if (held.getUnconfirmed()) {
      HoldRecord.Builder confirmed = held.toBuilder().clearUnconfirmed().setClient(token(actor));
      key.ifPresent(open -> confirmed.setSealedReason(sealed(open, reason)));
      ledger.retention().hold(tx, id, confirmed.build());
      RetentionLeaf.record(tx, actor, LawCategory.NONE, placed, "legal hold confirmed");
    }
    return Result.done(Instant.ofEpochMilli(held.getSinceMs()));
  }

  /** Places a hold that this ledger does not know; a person has to confirm it. */
  void placeAgain(MessageId id) {
    var unused = place(AuditActor.gateway(self), id, AGAIN, true);
  }

  private Result<Instant> place(AuditActor actor, MessageId id, String reason, boolean again) {
    Optional<HoldKey> key = key(id);
    Optional<EndedHold> known = Optional.ofNullable(ledger.retention().endedHold(id));
    boolean isInUse =
        key.filter(it -> it.isInForce() && known.filter(it::isEndedBy).isEmpty()).isPresent();
    long began = ledger.clock().millis();
    if (key.isPresent()) {
      began = isInUse ? key.get().beganMs() : Math.max(began, key.get().beganMs() + 1);
    }
    HoldRecord terms =
        HoldRecord.newBuilder()
            .setSinceMs(ledger.clock().millis())
            .setKeyBeganMs(began)
            .setUnconfirmed(again)
            .setClient(token(actor))
            .build();
    if (isInUse) {
      return place(actor, id, terms, reason);
    }
    long lastDay = known.map(EndedHold::lastDay).orElseGet(() -> lastDay(key));
    EndedHold useless = new EndedHold(id, lastDay, began, token(actor));
    note(useless);
    Result<Instant> answer = place(actor, id, terms, reason);
    if (answer instanceof Result.Refused) {
      end(useless);
    }
    return answer;
  }

  private static long lastDay(Optional<HoldKey> key) {
    LocalDate day = key.isEmpty() ? null : key.get().lastDay();
    return day == null ? ALREADY : day.toEpochDay();
  }

  private Result<Instant> place(AuditActor actor, MessageId id, HoldRecord terms, String reason) {
    try (BucketKey hold = keys.hold(id, terms.getKeyBeganMs())) {
      return write(tx -> place(tx, actor, id, terms, hold, reason));
    }
  }

  private Result<Instant> place(
      Transaction tx,
      AuditActor actor,
      MessageId id,
      HoldRecord terms,
      BucketKey hold,
      String reason) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    Optional<InboxRecord> moved =
        placed == null ? Optional.empty() : underHold(placed.record(), hold);
    if (placed == null || moved.isEmpty()) {
      return notFound(id);
    }
    ledger.inbox().replace(tx, placed, moved.get());
    HoldRecord before = ledger.retention().held(tx, id);
    ledger
        .retention()
        .hold(
            tx,
            id,
            terms.toBuilder()
                .setArrival(placed.arrival())
                .setBucketDay(placed.record().getBucketDay())
                .setSealedReason(before == null ? sealed(hold, reason) : before.getSealedReason())
                .build());
    ledger.retention().forgetEndedHold(tx, id);
    RetentionLeaf.record(
        tx,
        actor,
        LawCategory.NONE,
        placed,
        terms.getUnconfirmed() ? "legal hold placed again" : "legal hold placed");
    return Result.done(Instant.ofEpochMilli(terms.getSinceMs()));
  }

  /** The record of a message under the key of its hold, where it may lie already. */
  private Optional<InboxRecord> underHold(InboxRecord record, BucketKey hold) {
    if (record.getOnHold()) {
      return Optional.of(record);
    }
    return storage
        .existing(LocalDate.ofEpochDay(record.getBucketDay()))
        .flatMap(bucket -> moved(record, bucket, hold))
        .map(bytes -> with(record, bytes, true));
  }

  private static InboxRecord with(InboxRecord record, byte[] sealed, boolean onHold) {
    return record.toBuilder()
        .setSealedRecord(ByteString.copyFrom(sealed))
        .setOnHold(onHold)
        .build();
  }

  /**
   * Ends a hold.
   *
   * @param what for the audit log
   * @return when the message's key was destroyed; empty if it is kept until its retention ends
   */
  Result<Optional<Instant>> release(AuditActor actor, MessageId id, String what) {
    Optional<HoldKey> key = key(id);
    Optional<BucketKey> hold = storage.held(id);
    Result<Optional<ErasureRecord>> step = write(tx -> release(tx, actor, id, key, hold, what));
    hold.ifPresent(BucketKey::close);
    return step.then(begun -> ended(id, begun));
  }

  private Result<Optional<Instant>> ended(MessageId id, Optional<ErasureRecord> begun) {
    Result<Optional<Instant>> erased =
        begun
            .map(one -> erasing.finish(one).map(LegalHolds::doneAt))
            .orElseGet(() -> Result.done(Optional.empty()));
    EndedHold ended = ledger.retention().endedHold(id);
    if (ended != null) {
      end(ended);
    }
    return erased;
  }

  private static Optional<Instant> doneAt(ErasureRecord done) {
    return Optional.of(Instant.ofEpochMilli(done.getDoneAtMs()));
  }

  private Result<Optional<ErasureRecord>> release(
      Transaction tx,
      AuditActor actor,
      MessageId id,
      Optional<HoldKey> key,
      Optional<BucketKey> holdKey,
      String what) {
    InboxTable.PlacedRecord placed = ledger.inbox().find(tx, id);
    HoldRecord held = ledger.retention().held(tx, id);
    if (held == null || placed == null) {
      return erasedBefore(tx, id);
    }
    InboxRecord record = placed.record();
    ledger.retention().unhold(tx, id);
    key.map(it -> new EndedHold(id, record.getBucketDay(), it.beganMs(), held.getClient()))
        .ifPresent(ended -> ledger.retention().endHold(tx, ended));
    RetentionLeaf.record(tx, actor, LawCategory.NONE, placed, what);
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
    ledger.inbox().replace(tx, placed, with(record, back.get(), false));
    return Result.done(Optional.empty());
  }

  private Result<Optional<ErasureRecord>> erasedBefore(Transaction tx, MessageId id) {
    ErasureRecord pending = ledger.retention().pending(tx, id);
    ErasureRecord begun = pending == null ? ledger.retention().done(tx, id) : pending;
    return begun == null || !begun.getHeld()
        ? Result.refused(Code.NOT_FOUND, "message_id", "no legal hold on message " + id)
        : Result.done(Optional.of(begun));
  }

  /** Records in the ledger that a key serves no hold. */
  void note(EndedHold ended) {
    write(
        tx -> {
          ledger.retention().endHold(tx, ended);
          return Result.done(ended);
        });
  }

  /**
   * Has the keystore know what the ledger knows: that a key serves no hold. The key goes with all
   * others that are due, in one change of the keystore.
   */
  void end(EndedHold ended) {
    keys.endHold(ended.id(), LocalDate.ofEpochDay(ended.lastDay()));
  }

  /** Removes from the ledger that keys serve no hold: they are destroyed. */
  void forget(List<EndedHold> ended) {
    write(
        tx -> {
          ended.forEach(one -> ledger.retention().forgetEndedHold(tx, one.id()));
          return Result.done(ended);
        });
  }

  /** The key of a message's hold, in force or not. */
  private Optional<HoldKey> key(MessageId id) {
    return keys.holds().stream().filter(key -> key.message().equals(id)).findFirst();
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
      ByteString label = UnsafeByteOperations.unsafeWrap(message.label());
      return seal.seal(address, leaf, to, message.bodyKey(), label);
    }
  }

  /** Holds after a message id, or from the first, at most {@code most}. */
  List<LegalHold> holds(@Nullable MessageId after, int most) {
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

  private ByteString sealed(BucketKey key, String reason) {
    byte[] nonce = new byte[Aes256Gcm.NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain = reason.getBytes(StandardCharsets.UTF_8);
    byte[] sealed = key.records(k -> Aes256Gcm.seal(k, nonce, REASON, plain));
    byte[] out = Arrays.copyOf(nonce, nonce.length + sealed.length);
    System.arraycopy(sealed, 0, out, nonce.length, sealed.length);
    return ByteString.copyFrom(out);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(ending.instant(), ZoneOffset.UTC);
  }

  private <T> Result<T> write(Transaction.Mutation<Result<T>> mutation) {
    return ledger.commit(Lane.ROUTINE, mutation);
  }

  private static <T> Result<T> notFound(MessageId id) {
    return Result.refused(Code.NOT_FOUND, "message_id", "no message " + id + " is kept here");
  }
}
