package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.FreshContent;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.link.FrameCost;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.ElementCount;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.ProtoBytes;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.subject.SubjectTerms;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.seal.BodyKey;
import org.entente.gateway.seal.BucketKey;
import org.entente.gateway.seal.LocalSeal;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an opened envelope. Parses its messages, which shows what they cost beyond what the form
 * of the envelope did. Then checks each label against the header, this agency's policy and its
 * body, which is decrypted in memory for the check and discarded. Converts messages to keep to
 * their form at rest. Pure except for keys and clock.
 */
final class EnvelopeUnsealer {
  /** Messages in items of evidence that cost as much as a message. */
  private static final int ITEMS_A_MESSAGE = 2;

  /**
   * Longest retention, in days, that ends on its own day. A longer one ends with a month: origins
   * choose the days, and each is a key in the keystore.
   */
  static final int MOST_DAILY = 400;

  private final StorageKeys keys;
  private final LocalSeal localSeal;
  private final IngressCheck ingress;
  private final EvidenceRecords evidence;
  private final PeerEvidenceCheck stated;
  private final InstantSource clock;
  private final InstantSource ending;
  private final InstantSource keeping;
  private final ExerciseRetention exercises;
  private final List<ReceptionHook> hooks;
  private final ReceivedReferenceCheck references;

  EnvelopeUnsealer(
      ReceiveParts parts,
      StorageKeys keys,
      LocalSeal localSeal,
      IngressCheck ingress,
      ExerciseRetention exercises) {
    this.keys = keys;
    this.localSeal = localSeal;
    this.ingress = ingress;
    this.evidence = parts.evidence();
    this.stated = new PeerEvidenceCheck(parts.ledger().evidence(), parts.evidence());
    this.clock = parts.environment().clock();
    this.ending = parts.environment().ending();
    this.keeping = parts.environment().keeping();
    this.exercises = exercises;
    this.hooks = parts.keeping().hooks();
    this.references = new ReceivedReferenceCheck(parts.ledger(), parts.evidence());
  }

  /**
   * The messages of an envelope, parsed and not judged.
   *
   * @param cost what it takes to judge and commit them, beyond what the form of the envelope shows
   * @param unusual memory that they need beyond what honest ones need
   */
  record Parsed(List<Message> messages, FrameCost cost, long unusual) {
    /**
     * Whether there is more than what gateways say about mail, of which the inbox keeps nothing.
     */
    boolean isMail() {
      return !messages.stream().allMatch(Message::said);
    }
  }

  /**
   * Parses the messages, in order; empty if a label or body does not follow its format, or all
   * together have more elements than an envelope may.
   *
   * @param announced announcements of the origin's agency, with the keys of its gateways
   */
  Optional<Parsed> parse(OpenedLabels labels, List<SessionTerms.Parties> announced) {
    List<Message> messages = new ArrayList<>();
    int size = labels.envelope().size();
    // The messages are held together until they are committed, so they share the limit.
    ElementCount elements =
        size > ElementCount.SMALL_BYTES ? new ElementCount(ElementCount.MOST) : null;
    int verifications = 0;
    int items = 0;
    int subjects = 0;
    labels.deriveBodyKeys();
    for (int i = 0; i < labels.count(); i++) {
      Optional<Message> message = message(labels, i, announced, elements);
      if (message.isEmpty()) {
        return Optional.empty();
      }
      messages.add(message.get());
      verifications += message.get().signatures();
      for (EvidenceItem item : message.get().body().getEvidence().getItemsList()) {
        items += EvidenceMessages.count(item);
      }
      subjects += SubjectTerms.cost(message.get().body());
    }
    return Optional.of(
        new Parsed(
            messages,
            new FrameCost(0, verifications, 0, items / ITEMS_A_MESSAGE + subjects),
            elements == null ? 0 : elements.unusual(size)));
  }

  /**
   * Judges the messages of an envelope, in order.
   *
   * @param begun when its inspection began, as {@link System#nanoTime}
   */
  List<InspectionResult.Content> judge(OpenedLabels labels, Parsed parsed, long begun) {
    long opened = System.nanoTime();
    EnvelopeHeader header = labels.envelope().header();
    List<InspectionResult.Content> out = new ArrayList<>();
    for (int i = 0; i < parsed.messages().size(); i++) {
      out.add(judge(header, labels, i, parsed.messages().get(i), begun, opened));
    }
    return out;
  }

  private Optional<Message> message(
      OpenedLabels labels,
      int index,
      List<SessionTerms.Parties> announced,
      @Nullable ElementCount elements) {
    Optional<byte[]> bodyBytes = labels.openBody(index);
    if (bodyBytes.isEmpty()) {
      return Optional.empty();
    }
    try {
      ByteString labelBytes = labels.label(index);
      if (elements != null
          && !(elements.takes(Label.getDescriptor(), labelBytes)
              && elements.takes(Body.getDescriptor(), bodyBytes.get()))) {
        return Optional.empty();
      }
      Label label = Label.parseFrom(labelBytes);
      Body body = ProtoBytes.parse(Body.parser(), bodyBytes.get());
      int bytes = labelBytes.size() + bodyBytes.get().length;
      MessageId id = MessageId.of(label.getMessageId().toByteArray());
      boolean said = label.getKind() == Kind.KIND_EVIDENCE || isConsumed(label.getKind());
      int signatures = 0;
      for (ReceptionHook hook : hooks) {
        signatures += hook.signatures(body);
      }
      return Optional.of(new Message(id, label, body, bytes, announced, said, signatures));
    } catch (InvalidProtocolBufferException | InvalidValue e) {
      return Optional.empty();
    }
  }

  /**
   * One message, parsed.
   *
   * @param said whether a gateway says it by itself: of its refusal there is no evidence
   * @param signatures signatures inside it that are verified
   */
  record Message(
      MessageId id,
      Label label,
      Body body,
      int bytes,
      List<SessionTerms.Parties> announced,
      boolean said,
      int signatures) {
    InspectionResult.Refused refused(Code code, String reason) {
      return new InspectionResult.Refused(id, code, reason, reason, said);
    }

    InspectionResult.Refused refused(IngressRefusal refusal) {
      return refused(refusal.detail().code(), refusal.said()).telling(refusal.told());
    }
  }

  private InspectionResult.Content judge(
      EnvelopeHeader header,
      OpenedLabels labels,
      int index,
      Message message,
      long begun,
      long opened) {
    EnvelopeFacts facts = header.facts();
    Optional<InspectionResult.Refused> mismatch = againstHeader(facts, message);
    if (mismatch.isPresent()) {
      return mismatch.get();
    }
    Optional<IngressRefusal> refusal =
        ingress.refusal(facts.origin(), message.label(), message.body());
    if (refusal.isPresent()) {
      return message.refused(refusal.get());
    }
    Optional<InspectionResult.Refused> others = ofAnotherOrigin(facts.origin(), message);
    if (others.isPresent()) {
      return others.get();
    }
    if (message.label().getKind() == Kind.KIND_EVIDENCE) {
      return evidence(facts.origin(), message);
    }
    List<ReceptionHook.Step> steps = new ArrayList<>();
    ReceptionHook.Incoming incoming =
        new ReceptionHook.Incoming(
            message.id(),
            facts,
            message.label(),
            message.body(),
            message.announced(),
            begun,
            opened);
    for (ReceptionHook hook : hooks) {
      Result<ReceptionHook.Step> step = hook.inspect(incoming);
      if (step instanceof Result.Refused<ReceptionHook.Step> refused) {
        Problem problem = refused.problem();
        return message.refused(problem.code(), IngressRefusal.words(problem));
      }
      if (step instanceof Result.Done<ReceptionHook.Step> done && step != ReceptionHook.Step.NONE) {
        steps.add(done.value());
      }
    }
    if (isConsumed(message.label().getKind())) {
      return new InspectionResult.Consumed(message.id(), steps);
    }
    InspectionResult.Content kept = keep(header, labels, index, message, steps);
    Optional<InspectionResult.Refused> mixed =
        kept instanceof InspectionResult.Kept one
            ? references.ofSent(facts, one)
            : Optional.empty();
    return mixed.isPresent() ? mixed.get() : kept;
  }

  private boolean isConsumed(Kind kind) {
    for (ReceptionHook hook : hooks) {
      if (hook.consumes(kind)) {
        return true;
      }
    }
    return false;
  }

  private Optional<InspectionResult.Refused> againstHeader(EnvelopeFacts facts, Message message) {
    Label label = message.label();
    boolean agrees =
        label.getOrigin().equals(facts.origin().value())
            && label.getLaneValue() == facts.lane().number()
            && Exercise.of(label) == facts.exercise();
    if (!agrees) {
      return Optional.of(
          message.refused(
              Code.HEADER_MISMATCH,
              "origin, lane or exercise flag of the label differ from the header's"));
    }
    if (!message.id().isOf(facts.origin())) {
      return Optional.of(
          message.refused(
              Code.HEADER_MISMATCH, "label.message_id: it is not an id of the header's origin"));
    }
    if (label.hasExpiresAt() && !Timestamps.isValid(label.getExpiresAt())) {
      return Optional.of(
          message.refused(
              Code.INVALID_FIELD, "label.expires_at: must be a time between the years 1 and 9999"));
    }
    if (expiry(facts, label) <= ending.millis()) {
      return Optional.of(message.refused(Code.EXPIRED, "arrived after its expiry"));
    }
    return Optional.empty();
  }

  /**
   * The refusal of what recalls or changes a message of another origin. Clients that follow recalls
   * rely on it: other recipients of a message know its id too.
   */
  private static Optional<InspectionResult.Refused> ofAnotherOrigin(
      AgencyName origin, Message message) {
    if (message.body().hasRecall() && !isOf(origin, message.body().getRecall().getMessageId())) {
      return Optional.of(
          message.refused(
              Code.HEADER_MISMATCH, "body.recall.message_id: only its origin recalls a message"));
    }
    ByteString changed = message.label().getReferences();
    return changed.isEmpty() || isOf(origin, changed)
        ? Optional.empty()
        : Optional.of(
            message.refused(
                Code.HEADER_MISMATCH, "label.references: only its origin changes a message"));
  }

  private static boolean isOf(AgencyName origin, ByteString id) {
    return MessageId.of(id.toByteArray()).isOf(origin);
  }

  private InspectionResult.Content evidence(AgencyName origin, Message message) {
    boolean own =
        message.body().hasEvidence()
            && message.body().getEvidence().getItemsList().stream()
                .allMatch(item -> item.getAgency().equals(origin.value()));
    return own
        ? new InspectionResult.Evidence(
            message.id(), stated.of(origin, message.body().getEvidence().getItemsList()))
        : message.refused(
            Code.LABEL_BODY_MISMATCH, "the evidence is missing or names another agency");
  }

  private InspectionResult.Content keep(
      EnvelopeHeader header,
      OpenedLabels labels,
      int index,
      Message message,
      List<ReceptionHook.Step> steps) {
    long now = clock.millis();
    Label label = message.label();
    int days = exercises.of(label, label.getRetentionDays());
    LocalDate lastDay = lastDay(arrival(expiry(header.facts(), label)), days);
    BucketKey bucket = keys.forBucket(lastDay);
    try (BodyKey bodyKey = labels.bodyKey(index)) {
      Optional<byte[]> record =
          localSeal.seal(labels.address(index), bucket, bodyKey, labels.label(index));
      if (record.isEmpty()) {
        return message.refused(Code.ERASED, "its retention has ended here");
      }
      InboxRecord stored =
          InboxRecord.newBuilder()
              .setMessageId(message.label().getMessageId())
              .setOrigin(header.facts().origin().value())
              .setEnvelopeId(UnsafeByteOperations.unsafeWrap(header.facts().id().bytes()))
              .setIndex(index)
              .setExercise(header.facts().exercise())
              .setReceivedAtMs(now)
              .setExpiresAtMs(expiry(header.facts(), message.label()))
              .setSealedRecord(UnsafeByteOperations.unsafeWrap(record.get()))
              .setHeaderHash(ByteString.copyFrom(header.hash()))
              .setBucketDay(lastDay.toEpochDay())
              .build();
      return new InspectionResult.Kept(
          message.id(),
          stored,
          labels.sealedBody(index),
          new FreshContent.Content(message.label(), message.body(), message.bytes()),
          message.body().hasRecall()
              ? MessageId.of(message.body().getRecall().getMessageId().toByteArray())
              : null,
          steps,
          ChainLink.of(message.label()).orElse(null),
          evidence.tokens(
              SubjectTerms.of(message.label(), message.body()), Instant.ofEpochMilli(now)));
    }
  }

  /**
   * When a message came, from which its retention counts. The clock for endings may be days behind,
   * after a stop or a step back; a key that was named by it would be destroyed once it is right.
   * The other one may be days ahead, but a message that is kept came before its time to deliver
   * ended.
   */
  private long arrival(long expiresAtMs) {
    return Math.max(ending.millis(), Math.min(keeping.millis(), expiresAtMs));
  }

  /** Never later than the retention says: its agreement states the longest. */
  private static LocalDate lastDay(long nowMillis, int days) {
    LocalDate last =
        LocalDate.ofInstant(
            Instant.ofEpochMilli(nowMillis).plus(Duration.ofDays(days)), ZoneOffset.UTC);
    return days <= MOST_DAILY ? last : last.plusDays(1).withDayOfMonth(1).minusDays(1);
  }

  private static long expiry(EnvelopeFacts facts, Label label) {
    return label.hasExpiresAt()
        ? Math.min(facts.expiresAtMs(), Timestamps.toMillis(label.getExpiresAt()))
        : facts.expiresAtMs();
  }
}
