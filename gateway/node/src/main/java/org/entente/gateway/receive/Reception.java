package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ChainLink;
import org.entente.gateway.ledger.record.SealedRecord;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.seal.format.EnvelopeFacts;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.transmit.Dispatch;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Result;
import org.entente.proto.store.v1.HopRecipient;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.StoredEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits inspected deliveries, in one transaction with the origin number, the audit leaf and the
 * owed evidence: exactly once, as a number is either new or known.
 */
final class Reception {
  private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

  /** Reasons in one leaf about refused messages; it has one code. */
  private static final int MOST_REASONS = 8;

  /** Within this time of its sealing, an envelope is not looked up as one that came before. */
  private static final Duration FLOWS = Duration.ofHours(1);

  private static final String TOO_MANY_ALTERING =
      "an envelope brings at most "
          + EnvelopeHeader.MAX_ALTERING
          + " recalls, changes, rosters, consents and charges";

  private final AgencyName self;
  private final Ledger ledger;
  private final Dispatch dispatch;
  private final EvidenceRecords evidence;
  private final RecallReception recalls;
  private final List<ReceptionHook> hooks;
  private final Meters meters;
  private final Reporter reporter;
  private final ReceivedHeaders held;
  private final Custody custody;
  private final ReceivedReferenceCheck references;
  private final DeskRouting directing;

  private final Predicate<AgencyName> member;
  private final Predicate<AgencyName> carrier;
  private final RefusalLeafLimit refusals;

  Reception(ReceiveParts parts, Reporter reporter, Custody custody) {
    this.custody = custody;
    this.self = parts.self();
    this.ledger = parts.ledger();
    this.dispatch = parts.transit().dispatch();
    this.evidence = parts.evidence();
    this.recalls = parts.keeping().recalls();
    this.hooks = parts.keeping().hooks();
    this.references = new ReceivedReferenceCheck(parts.ledger(), parts.evidence());
    this.meters = parts.environment().meters();
    this.reporter = reporter;
    this.held = parts.opening().numbers();
    this.member = parts.transit().member();
    this.carrier = parts.transit().carrier();
    this.refusals = new RefusalLeafLimit(parts.environment().clock());
    this.directing =
        new DeskRouting(
            parts.keeping().desks(), parts.ledger().inbox(), parts.environment().meters());
  }

  /**
   * Result and code of one delivery.
   *
   * @param refused recipients for whom this gateway, as a transit, did not take it
   */
  record Answer(Result result, String code, List<InspectionResult.NotOnward> refused) {
    static final Answer COMMITTED = new Answer(Result.RESULT_COMMITTED, "");

    Answer(Result result, String code) {
      this(result, code, List.of());
    }
  }

  Answer commit(Transaction tx, AgencyName peer, Delivery delivery, InspectionResult inspected) {
    if (inspected instanceof InspectionResult.Rejected rejected) {
      return reject(tx, peer, delivery, rejected);
    }
    if (inspected instanceof InspectionResult.Taken taken) {
      return take(tx, peer, delivery, taken);
    }
    return Answer.COMMITTED;
  }

  private Answer reject(
      Transaction tx, AgencyName peer, Delivery delivery, InspectionResult.Rejected rejected) {
    EnvelopeHeader header = rejected.header();
    if (rejected.result() == Result.RESULT_REFUSED) {
      AuditSubject subject =
          header == null
              ? new AuditSubject(null, List.of(), List.of(peer), null)
              : AuditSubject.of(header, List.of(), List.of(peer));
      refused(tx, peer, delivery, subject, rejected.code(), rejected.reason());
    }
    InspectionResult.Unresolved unresolved = rejected.unresolved();
    if (unresolved != null) {
      tx.afterCommit(() -> reporter.askAgain(unresolved.origin(), List.of(unresolved.number())));
    }
    return new Answer(rejected.result(), rejected.code().name());
  }

  private void refused(
      Transaction tx,
      AgencyName peer,
      Delivery delivery,
      AuditSubject subject,
      Code code,
      String reason) {
    List<String> party = Inspection.party(delivery, member, carrier);
    refusals
        .line(peer, party.isEmpty() ? "" : party.get(0), code, reason)
        .ifPresent(
            text ->
                tx.audit(
                    AuditRecord.of(
                            AuditType.REFUSED,
                            LawCategory.NONE,
                            Instant.ofEpochMilli(tx.nowMillis()),
                            AuditActor.gateway(peer),
                            subject)
                        .refused(code, text)));
    tx.afterCommit(() -> reporter.refused(peer, code));
  }

  private Answer take(
      Transaction tx, AgencyName peer, Delivery delivery, InspectionResult.Taken taken) {
    Answer answer =
        taken.own() == null
            ? Answer.COMMITTED
            : takeOwn(tx, peer, taken.header(), delivery.getSignature(), taken.own());
    for (Map.Entry<AgencyName, List<HopRecipient>> hop : taken.onward().entrySet()) {
      relay(tx, peer, delivery, taken.header(), hop.getKey(), hop.getValue());
    }
    taken.notOnward().stream()
        .collect(
            Collectors.groupingBy(
                InspectionResult.NotOnward::code,
                () -> new EnumMap<>(Code.class),
                Collectors.toList()))
        .forEach((code, alike) -> notOnward(tx, peer, delivery, taken.header(), code, alike));
    return answer.result() == Result.RESULT_COMMITTED
        ? new Answer(answer.result(), answer.code(), taken.notOnward())
        : answer;
  }

  /** One leaf for all recipients of a delivery that are refused alike. */
  private void notOnward(
      Transaction tx,
      AgencyName peer,
      Delivery delivery,
      EnvelopeHeader header,
      Code code,
      List<InspectionResult.NotOnward> alike) {
    List<AgencyName> agencies = new ArrayList<>(List.of(peer));
    alike.forEach(one -> agencies.add(one.recipient()));
    String reason = alike.get(0).reason();
    boolean same = alike.stream().allMatch(one -> one.reason().equals(reason));
    refused(
        tx,
        peer,
        delivery,
        AuditSubject.of(header, List.of(), agencies),
        code,
        same ? reason : reason + "; likewise for the others");
  }

  private Answer takeOwn(
      Transaction tx,
      AgencyName peer,
      EnvelopeHeader header,
      ByteString signature,
      InspectionResult.Own own) {
    AgencyName origin = header.facts().origin();
    Lane lane = header.facts().lane();
    OriginWindows windows = ledger.windows().read(tx, origin, lane);
    Optional<OriginWindow> window = windows.in(own.number().epoch());
    if (window.isEmpty()) {
      return new Answer(Result.RESULT_REFUSED, Code.SEQUENCE_CONFLICT.name());
    }
    OriginWindow.Offer offer = window.get().offer(own.number().sequence());
    if (offer == OriginWindow.Offer.DUPLICATE) {
      return duplicate(tx, header, own);
    }
    if (offer != OriginWindow.Offer.NEW) {
      // Kept nevertheless: if the epoch is unknown here, the origin must learn of it.
      ledger.windows().write(tx, origin, lane, windows);
      tx.afterCommit(() -> reporter.reportTo(origin));
      return new Answer(Result.RESULT_REWRAP, Code.OVERLOADED.name());
    }
    if (!mayKeep(tx, origin, own.session())) {
      // What came under a key that nothing vouches for could not be proved to anybody.
      tx.afterCommit(() -> reporter.refused(origin, Code.LIMIT_REACHED));
      return new Answer(Result.RESULT_REWRAP, Code.LIMIT_REACHED.name());
    }
    if (own instanceof InspectionResult.Failed failed && !custody.put(tx, header, failed)) {
      return left(tx, peer, origin, own.number());
    }
    ledger.windows().write(tx, origin, lane, windows);
    keepSession(tx, origin, own.session());
    if (own instanceof InspectionResult.Judged judged) {
      keep(tx, header, signature, judged.contents());
    }
    tx.afterCommit(
        () -> {
          held.counted(origin, own.number(), header.hash());
          reporter.reportTo(origin);
        });
    return Answer.COMMITTED;
  }

  private Answer duplicate(Transaction tx, EnvelopeHeader header, InspectionResult.Own own) {
    AgencyName origin = header.facts().origin();
    Optional<byte[]> here = isHere(tx, header, own) ? Optional.of(header.hash()) : Optional.empty();
    tx.afterCommit(
        () -> {
          held.offeredAgain(origin, own.number(), here);
          reporter.reportTo(origin);
        });
    return new Answer(Result.RESULT_DUPLICATE, "");
  }

  /** Whether the ledger shows that this very envelope was received before. */
  private boolean isHere(Transaction tx, EnvelopeHeader header, InspectionResult.Own own) {
    return own instanceof InspectionResult.Judged judged
        && (judged.contents().stream().anyMatch(content -> isHere(tx, content.id(), header))
            || wasKept(header));
  }

  /**
   * Whether messages of this very envelope were kept, as far as evidence of it is kept: longer than
   * most messages.
   */
  private boolean wasKept(EnvelopeHeader header) {
    SealedRecord kept = ledger.evidence().header(header.hash());
    return kept != null && evidence.openHeader(kept).isPresent();
  }

  /**
   * The answer if the quarantine has no room: the origin keeps the envelope and repeats it at
   * growing intervals.
   */
  private Answer left(Transaction tx, AgencyName peer, AgencyName origin, OriginNumber number) {
    if (!origin.equals(peer)) {
      tx.afterCommit(() -> reporter.askAgain(origin, List.of(number)));
    }
    return new Answer(Result.RESULT_REWRAP, Code.QUARANTINE_FULL.name());
  }

  /** The outcome for the messages of an envelope. */
  record KeepResult(List<MessageId> kept, List<InspectionResult.Refused> refused) {}

  /** A delivery, or why there is none; what is equal is told the origin once. */
  private record MessageOutcome(@Nullable Code code, String reason) {
    private static final MessageOutcome DELIVERED = new MessageOutcome(null, "");
  }

  /** The outcome under construction, with the evidence for the origin. */
  private record KeepDecision(
      EnvelopeHeader header,
      boolean cameBefore,
      List<MessageId> kept,
      List<InspectionResult.Refused> refused,
      Map<MessageOutcome, List<MessageId>> told) {

    void tell(MessageOutcome outcome, MessageId id) {
      told.computeIfAbsent(outcome, o -> new ArrayList<>()).add(id);
    }
  }

  /** Stores judged messages, with leaves and evidence. The caller handles the number. */
  KeepResult keep(
      Transaction tx,
      EnvelopeHeader header,
      ByteString signature,
      List<InspectionResult.Content> contents) {
    KeepDecision keeping =
        new KeepDecision(
            header,
            cameBefore(tx, header),
            new ArrayList<>(),
            new ArrayList<>(),
            new LinkedHashMap<>());
    int altering = 0;
    for (InspectionResult.Content content : contents) {
      altering += content.alters() ? 1 : 0;
      if (content.alters() && altering > EnvelopeHeader.MAX_ALTERING) {
        refuse(keeping, content.id(), Code.LIMIT_REACHED, TOO_MANY_ALTERING);
      } else {
        store(tx, keeping, content);
      }
    }
    tell(tx, keeping);
    List<MessageId> kept = keeping.kept();
    if (!kept.isEmpty()) {
      evidence.keepHeader(tx, ledger.evidence(), header.encoded(), signature.toByteArray());
    }
    audit(tx, header, kept, keeping.refused());
    if (LOG.isDebugEnabled()) {
      tx.afterCommit(
          () ->
              LOG.debug(
                  "received {} from {} in envelope {}",
                  kept,
                  header.facts().origin(),
                  HexFormat.of().formatHex(header.hash())));
    }
    if (!kept.isEmpty()) {
      announce(tx, header.facts(), kept.size());
    }
    return new KeepResult(kept, keeping.refused());
  }

  /** Mail that flows costs no look: a message is kept for a day at least. */
  private boolean cameBefore(Transaction tx, EnvelopeHeader header) {
    return tx.nowMillis() - header.facts().createdAtMs() > FLOWS.toMillis() && wasKept(header);
  }

  private void tell(Transaction tx, KeepDecision keeping) {
    EnvelopeHeader header = keeping.header();
    List<EvidenceItem> items = new ArrayList<>();
    keeping
        .told()
        .forEach(
            (outcome, ids) ->
                items.addAll(EvidenceRecords.about(ids, item(tx, header, outcome, ids.get(0)))));
    evidence.owe(tx, ledger.evidence(), header.facts().origin(), items);
    keeping.told().clear();
  }

  private EvidenceItem item(
      Transaction tx, EnvelopeHeader header, MessageOutcome outcome, MessageId id) {
    Code code = outcome.code();
    EvidenceKind kind =
        code == null
            ? EvidenceKind.EVIDENCE_KIND_DELIVERY
            : EvidenceKind.EVIDENCE_KIND_NON_DELIVERY;
    EvidenceItem item = evidence.item(kind, id, self.value(), header.hash(), tx.nowMillis());
    return code == null ? item : evidence.failed(item, code, outcome.reason());
  }

  private boolean mayKeep(Transaction tx, AgencyName origin, InspectionResult.NewSession session) {
    return session.announcement().isEmpty()
        || ledger.evidence().mayVouch(tx, origin, session.gatewayKey().toByteArray());
  }

  private void keepSession(Transaction tx, AgencyName origin, InspectionResult.NewSession session) {
    if (!session.announcement().isEmpty()) {
      ledger
          .peerFacts()
          .putAnnouncement(
              tx,
              origin,
              session.id().toByteArray(),
              session.announcement().toByteArray(),
              session.expiresAtMs());
      ledger
          .evidence()
          .vouch(
              tx,
              origin,
              session.gatewayKey().toByteArray(),
              new EvidenceTable.Voucher(true, session.announcement().toByteArray()));
    }
  }

  private void store(Transaction tx, KeepDecision keeping, InspectionResult.Content content) {
    if (content instanceof InspectionResult.Kept message) {
      keepUnlessThere(tx, keeping, message);
    } else if (content instanceof InspectionResult.Refused message) {
      refuse(keeping, message);
    } else if (content instanceof InspectionResult.Consumed message) {
      consume(tx, keeping, message);
    } else if (content instanceof InspectionResult.Evidence message) {
      for (EvidenceItem item : message.items()) {
        learn(tx, item);
      }
    }
  }

  private void consume(Transaction tx, KeepDecision keeping, InspectionResult.Consumed message) {
    Optional<Problem> problem = firstProblem(tx, message.steps());
    if (problem.isEmpty()) {
      message.steps().forEach(step -> step.keep(tx));
    } else {
      keeping.refused().add(refused(message.id(), problem.get(), true));
    }
  }

  private static Optional<Problem> firstProblem(Transaction tx, List<ReceptionHook.Step> steps) {
    for (ReceptionHook.Step step : steps) {
      Optional<Problem> problem = step.check(tx);
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static InspectionResult.Refused refused(MessageId id, Problem problem, boolean evidence) {
    String reason = IngressRefusal.words(problem);
    return new InspectionResult.Refused(id, problem.code(), reason, reason, evidence);
  }

  private void keepUnlessThere(
      Transaction tx, KeepDecision keeping, InspectionResult.Kept message) {
    MessageId id = message.id();
    if (ledger.inbox().knows(tx, id)) {
      if (isHere(tx, id, keeping.header())) {
        // Its origin was restored and assigned another number: repeat the earlier evidence.
        keeping.tell(MessageOutcome.DELIVERED, id);
      } else {
        refuse(keeping, id, Code.SEQUENCE_CONFLICT, "another message with this id is already here");
      }
      return;
    }
    if (keeping.cameBefore()) {
      // Its origin was told what became of it: another word now would contradict that.
      String reason = "its envelope came before; it is no longer kept here";
      refuse(keeping, new InspectionResult.Refused(id, Code.ERASED, reason, reason, true));
      return;
    }
    Optional<InspectionResult.Refused> refused = refusal(tx, keeping.header(), message);
    if (refused.isPresent()) {
      refuse(keeping, refused.get());
      return;
    }
    keep(tx, keeping, message);
  }

  /** Why a message that is not here is not kept; empty if it is. */
  private Optional<InspectionResult.Refused> refusal(
      Transaction tx, EnvelopeHeader header, InspectionResult.Kept message) {
    MessageId id = message.id();
    Optional<Code> gone = recalls.refusal(tx, header.facts(), id);
    if (gone.isPresent()) {
      String reason =
          gone.get() == Code.RECALLED
              ? "its origin recalled it before it arrived"
              : "it was erased here; nothing of it is kept again";
      return refused(id, gone.get(), reason);
    }
    Optional<Problem> byFeature = firstProblem(tx, message.steps());
    if (byFeature.isPresent()) {
      return byFeature.map(problem -> refused(id, problem, false));
    }
    Optional<InspectionResult.Refused> referring = references.refusal(tx, header.facts(), message);
    if (referring.isPresent()) {
      return referring;
    }
    MessageId recalled = message.recalled();
    Optional<Problem> full =
        recalled == null ? Optional.empty() : recalls.refusal(tx, header, recalled);
    return full.flatMap(problem -> refused(id, problem.code(), problem.message()));
  }

  private static Optional<InspectionResult.Refused> refused(
      MessageId id, Code code, String reason) {
    return Optional.of(new InspectionResult.Refused(id, code, reason));
  }

  /** Whether a message was already received in this same envelope. */
  private boolean isHere(Transaction tx, MessageId id, EnvelopeHeader header) {
    InboxTable.PlacedRecord held = ledger.inbox().find(tx, id);
    return held != null
        && Arrays.equals(held.record().getHeaderHash().toByteArray(), header.hash());
  }

  private void keep(Transaction tx, KeepDecision keeping, InspectionResult.Kept message) {
    EnvelopeHeader header = keeping.header();
    AgencyName origin = header.facts().origin();
    Lane lane = header.facts().lane();
    InboxRecord record =
        directing.directed(
            tx,
            ledger.chains().arriving(tx, origin, message.id(), placed(tx, origin, message)),
            message.content());
    long position = ledger.inbox().append(tx, lane, message.id(), record, message.body());
    long now = tx.nowMillis();
    tx.afterCommit(() -> ledger.inbox().fresh().put(position, message.content(), now));
    keeping.tell(MessageOutcome.DELIVERED, message.id());
    ledger.subjects().put(tx, message.subjects(), message.id());
    if (record.getChanged()) {
      ledger.chains().arrived(tx, origin, message.id());
    }
    message.steps().forEach(step -> step.keep(tx));
    MessageId recalled = message.recalled();
    if (recalled != null) {
      // The answer to the recall follows the evidence about the recall message.
      tell(tx, keeping);
      recalls.received(tx, header, recalled);
    }
    ChainLink change = message.step();
    if (change != null) {
      changed(tx, origin, change);
    }
    keeping.kept().add(message.id());
  }

  /** Marks a recall without its target, which only subscriptions that request recalls get. */
  private InboxRecord placed(Transaction tx, AgencyName origin, InspectionResult.Kept message) {
    MessageId recalled = message.recalled();
    return recalled == null || recalls.isKnown(tx, origin, recalled)
        ? message.record()
        : message.record().toBuilder().setWithoutTarget(true).build();
  }

  private void changed(Transaction tx, AgencyName by, ChainLink step) {
    ledger.chains().changed(tx, by, step);
    tx.audit(
        AuditRecord.of(
                AuditType.CHANGED,
                LawCategory.ALTERATION,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(by),
                new AuditSubject(null, List.of(step.target(), step.id()), List.of(by), null))
            .saying(step.type().name()));
  }

  private void refuse(KeepDecision keeping, MessageId id, Code code, String reason) {
    refuse(keeping, new InspectionResult.Refused(id, code, reason));
  }

  private void refuse(KeepDecision keeping, InspectionResult.Refused message) {
    if (!message.evidence()) {
      keeping.tell(new MessageOutcome(message.code(), message.told()), message.id());
    }
    keeping.refused().add(message);
  }

  /** Records a recipient's evidence; the first statement about a message counts. */
  private void learn(Transaction tx, EvidenceItem item) {
    boolean isNew = evidence.keep(tx, ledger.evidence(), item);
    hooks.forEach(hook -> hook.evidence(tx, item, isNew));
    if (item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL
        || item.getKind() == EvidenceKind.EVIDENCE_KIND_ERASURE) {
      EvidenceMessages.of(item).forEach(id -> ledger.awaited().unlist(tx, id, item.getRecipient()));
    }
  }

  private void audit(
      Transaction tx,
      EnvelopeHeader header,
      List<MessageId> kept,
      List<InspectionResult.Refused> refused) {
    AgencyName origin = header.facts().origin();
    AuditRecord received =
        AuditRecord.of(
            AuditType.RECEIVED,
            LawCategory.COLLECTION,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(origin),
            AuditSubject.of(header, kept, List.of(origin)));
    tx.audit(received);
    Map<Code, List<InspectionResult.Refused>> byCode = new LinkedHashMap<>();
    for (InspectionResult.Refused one : refused) {
      byCode.computeIfAbsent(one.code(), code -> new ArrayList<>()).add(one);
    }
    byCode.forEach((code, some) -> refused(tx, header, code, some));
  }

  /** One leaf for all messages of an envelope that are refused with one code. */
  private void refused(
      Transaction tx, EnvelopeHeader header, Code code, List<InspectionResult.Refused> refused) {
    AgencyName origin = header.facts().origin();
    List<MessageId> ids = refused.stream().map(InspectionResult.Refused::id).toList();
    String reasons =
        refused.stream()
            .map(InspectionResult.Refused::reason)
            .distinct()
            .limit(MOST_REASONS)
            .collect(Collectors.joining("; "));
    tx.audit(
        AuditRecord.of(
                AuditType.REFUSED,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(origin),
                AuditSubject.of(header, ids, List.of(origin)))
            .refused(code, reasons));
    tx.afterCommit(() -> ids.forEach(id -> meters.refused(Meters.Side.INGRESS, code)));
  }

  private void announce(Transaction tx, EnvelopeFacts facts, int kept) {
    tx.afterCommit(
        () -> {
          meters.received(facts.origin(), kept, facts.exercise());
          reporter.arrived();
        });
  }

  private void relay(
      Transaction tx,
      AgencyName peer,
      Delivery delivery,
      EnvelopeHeader header,
      AgencyName hop,
      List<HopRecipient> recipients) {
    StoredEnvelope envelope =
        StoredEnvelope.newBuilder()
            .setHeader(delivery.getHeader())
            .setSignature(delivery.getSignature())
            .setLabels(delivery.getLabels())
            .setBodies(delivery.getBodies())
            .build();
    dispatch.relay(tx, hop, header.facts().lane(), envelope, delivery.getPathList(), recipients);
    List<AgencyName> others = recipients.stream().map(r -> new AgencyName(r.getAgency())).toList();
    tx.audit(
        AuditRecord.of(
            AuditType.RELAYED,
            LawCategory.NONE,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.gateway(peer),
            AuditSubject.of(header, List.of(), others)));
    tx.afterCommit(() -> meters.relayed(hop));
  }
}
