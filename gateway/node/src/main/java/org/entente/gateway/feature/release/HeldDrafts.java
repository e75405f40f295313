package org.entente.gateway.feature.release;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.intake.DraftHolder;
import org.entente.gateway.intake.OutcomeKey;
import org.entente.gateway.intake.OutcomeMapper;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.RecordPlace;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.HeldFacts;
import org.entente.proto.store.v1.HeldRecord;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Held;
import org.entente.proto.v1.HeldMessage;
import org.jspecify.annotations.Nullable;

/**
 * Drafts that wait for a second person, sealed at rest under the bucket of the day on which their
 * waiting ends. Safe for use by several threads.
 */
public final class HeldDrafts implements DraftHolder {
  /**
   * Limits on drafts that wait for a second person.
   *
   * @param most most messages that may wait
   * @param mostOfOne most messages of one client that may wait
   * @param bytesOfOne most bytes of one client's drafts that may wait; a single draft always may
   * @param time how long a message waits before it is refused
   * @param sameClient whether the publishing client may also decide
   */
  public record Limits(
      int most, int mostOfOne, long bytesOfOne, Duration time, boolean sameClient) {
    static final Limits NONE = new Limits(0, 0, 0, Duration.ZERO, false);
  }

  /**
   * The facts of a held draft without its content.
   *
   * @param id the message's id
   * @param key the key under which its outcome is remembered
   * @param message the part that people are shown
   */
  record StoredFacts(MessageId id, OutcomeKey key, HeldMessage message) {}

  private static final int PAGE = 256;

  private final HeldDraftTable book;
  private final RecordSeal atRest;
  private final Limits limits;
  private final HeldShares shares = new HeldShares();

  /** The held drafts of a ledger. Reads the facts of all, to know how many each client has. */
  public HeldDrafts(Ledger ledger, RecordSeal atRest, Limits limits) {
    this(HeldDraftTable.of(ledger), atRest, limits);
    @Nullable MessageId after = null;
    List<HeldDraftTable.Entry> page = book.page(after, PAGE);
    while (!page.isEmpty()) {
      for (HeldDraftTable.Entry entry : page) {
        held(entry.id(), entry.record())
            .ifPresent(
                held -> shares.add(held.id(), held.key().client(), entry.record().getBytes()));
        after = entry.id();
      }
      page = book.page(after, PAGE);
    }
  }

  HeldDrafts(HeldDraftTable book, RecordSeal atRest, Limits limits) {
    this.book = book;
    this.atRest = atRest;
    this.limits = limits;
  }

  /** Their table. */
  public HeldDraftTable table() {
    return book;
  }

  Limits limits() {
    return limits;
  }

  /** Removes a draft; returns whether it existed. */
  boolean remove(Transaction tx, MessageId id) {
    tx.afterCommit(() -> shares.remove(id));
    return book.remove(tx, id);
  }

  @Override
  public Result<Mutation<Held>> hold(UnreleasedDraft draft) {
    String reason = draft.decision().holdReason().orElse("");
    Problem refusal = refusal(draft, reason);
    return refusal == null
        ? new Result.Done<>(tx -> keep(tx, draft, reason))
        : new Result.Refused<>(refusal);
  }

  private Held keep(Transaction tx, UnreleasedDraft draft, String reason) {
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    Instant until = until(now, draft.draft());
    Held held =
        Held.newBuilder()
            .setReason(reason)
            .setUntil(Timestamps.fromMillis(until.toEpochMilli()))
            .build();
    PolicyDecision decision = draft.decision();
    HeldMessage message =
        HeldMessage.newBuilder()
            .setMessageId(ByteString.copyFrom(draft.id().bytes()))
            .setSince(Timestamps.fromMillis(now.toEpochMilli()))
            .setHeld(held)
            .setClient(draft.key().client())
            .setOnBehalfOf(draft.draft().getOnBehalfOf())
            .addAllPermits(OutcomeMapper.permits(decision))
            .build();
    put(tx, new StoredFacts(draft.id(), draft.key(), message), draft.draft(), until);
    tx.audit(
        AuditRecord.of(
                AuditType.HELD,
                LawCategory.NONE,
                now,
                draft.publisher(),
                new AuditSubject(
                    null,
                    List.of(draft.id()),
                    decision.permits().stream().map(Permit::recipient).toList(),
                    null))
            .under("", decision.policyVersion()));
    return held;
  }

  private @Nullable Problem refusal(UnreleasedDraft draft, String reason) {
    if (draft.draft().getOnBehalfOf().getOfficer().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD,
          "on_behalf_of.officer",
          "must name the officer: " + reason + "; another officer must decide");
    }
    if (book.count() >= limits.most()) {
      return new Problem(
          Code.OVERLOADED,
          "to",
          "more than " + limits.most() + " messages wait for a second person");
    }
    return beyondItsShare(shares.of(draft.key().client()), draft.draft().getSerializedSize());
  }

  private @Nullable Problem beyondItsShare(HeldShares.Share share, long bytes) {
    if (share.count() >= limits.mostOfOne()) {
      return new Problem(
          Code.OVERLOADED,
          "to",
          "%d messages of this client wait for a second person, the most that limits.per_client.held_messages allows"
              .formatted(limits.mostOfOne()));
    }
    if (share.count() > 0 && share.bytes() + bytes > limits.bytesOfOne()) {
      return new Problem(
          Code.OVERLOADED,
          "to",
          "%d bytes of this client's drafts wait for a second person; limits.per_client.held_bytes allows %d"
              .formatted(share.bytes(), limits.bytesOfOne()));
    }
    return null;
  }

  /** The end of a waiting period that begins now: at the latest when the draft expires. */
  private Instant until(Instant now, Draft draft) {
    Instant longest = now.plus(limits.time());
    if (!draft.getLabel().hasExpiresAt()) {
      return longest;
    }
    Instant over = Instant.ofEpochMilli(Timestamps.toMillis(draft.getLabel().getExpiresAt()));
    return over.isBefore(longest) ? over : longest;
  }

  private void put(Transaction tx, StoredFacts held, Draft draft, Instant until) {
    HeldFacts facts =
        HeldFacts.newBuilder()
            .setClient(held.key().client())
            .setIdempotencyKey(held.key().key())
            .setDraftHash(held.key().draftHash())
            .setMessage(held.message().toByteString())
            .build();
    HeldRecord record =
        HeldRecord.newBuilder()
            .setSinceMs(tx.nowMillis())
            .setUntilMs(until.toEpochMilli())
            .setExercise(Exercise.of(draft.getLabel()))
            .setBytes(draft.getSerializedSize())
            .setSealedFacts(
                ByteString.copyFrom(
                    atRest.seal(HeldDraftTable.factsPlace(held.id()), facts.toByteArray(), until)))
            .build();
    RecordPlace place = HeldDraftTable.draftPlace(held.id());
    book.put(tx, held.id(), record, atRest.seal(place, draft.toByteArray(), until));
    tx.afterCommit(() -> shares.add(held.id(), held.key().client(), record.getBytes()));
  }

  @Override
  public Optional<HeldMessage> find(MessageId id) {
    return read(id).map(StoredFacts::message);
  }

  /** A draft's facts; empty if it does not wait or its key has been destroyed. */
  Optional<StoredFacts> read(MessageId id) {
    HeldRecord record = book.read(id);
    return record == null ? Optional.empty() : held(id, record);
  }

  /** A draft; empty if it does not wait or its key has been destroyed. */
  Optional<Draft> draft(MessageId id) {
    SealedRecord sealed = book.draft(id);
    return sealed == null ? Optional.empty() : atRest.open(sealed).map(HeldDrafts::parseDraft);
  }

  /** At most this many drafts after an id, oldest first. */
  List<StoredFacts> page(@Nullable MessageId after, int count) {
    return book.page(after, count).stream()
        .flatMap(entry -> held(entry.id(), entry.record()).stream())
        .toList();
  }

  private Optional<StoredFacts> held(MessageId id, HeldRecord record) {
    return atRest
        .open(HeldDraftTable.factsPlace(id), record.getSealedFacts().toByteArray())
        .map(bytes -> held(id, parseFacts(bytes)));
  }

  private static StoredFacts held(MessageId id, HeldFacts facts) {
    OutcomeKey key =
        new OutcomeKey(facts.getClient(), facts.getIdempotencyKey(), facts.getDraftHash());
    return new StoredFacts(id, key, parseMessage(facts.getMessage()));
  }

  private static HeldFacts parseFacts(byte[] bytes) {
    try {
      return HeldFacts.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a held draft's facts cannot be read", e);
    }
  }

  private static HeldMessage parseMessage(ByteString bytes) {
    try {
      return HeldMessage.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a held draft's facts cannot be read", e);
    }
  }

  private static Draft parseDraft(byte[] bytes) {
    try {
      return Draft.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a held draft cannot be read", e);
    }
  }
}
