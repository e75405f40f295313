package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.ipr.IprTable.Kind;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.proto.v1.ActOnIprCaseRequest;
import org.entente.proto.v1.ActOnIprCaseResponse;
import org.entente.proto.v1.DecideRecordationRequest;
import org.entente.proto.v1.DecideRecordationResponse;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.ListIprCasesRequest;
import org.entente.proto.v1.ListIprCasesResponse;
import org.entente.proto.v1.ListRecordationsRequest;
import org.entente.proto.v1.ListRecordationsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadIprCaseRequest;
import org.entente.proto.v1.ReadIprCaseResponse;
import org.entente.proto.v1.ReadRecordationRequest;
import org.entente.proto.v1.ReadRecordationResponse;
import org.entente.proto.v1.RecordRightRequest;
import org.entente.proto.v1.RecordRightResponse;
import org.entente.proto.v1.Recordation;
import org.entente.proto.v1.RecordationDecision;
import org.entente.proto.v1.SuspendGoodsRequest;
import org.entente.proto.v1.SuspendGoodsResponse;

/**
 * The service for officers of a customs authority: record, decide, suspend, act, read. Each
 * decision is based on committed state and made in the commit that makes it durable and records it.
 * Calls block; safe for use by several threads.
 */
public final class IprOffice {
  /** Most stored recordations of all clients. */
  public static final int MOST_RECORDATIONS = 20_000;

  /** Most stored cases of all clients, including closed ones. */
  public static final int MOST_CASES = 40_000;

  private static final PageLimits PAGES = new PageLimits(100, 200);
  private static final String RECORDATION = "recordation_id";
  private static final String CASE = "case_id";

  private final IprParts parts;
  private final IprRecords records;
  private final RecordationLifecycle recording;
  private final Procedure procedure;

  /** An office for an agency's records. */
  public IprOffice(IprParts parts, IprSettings settings) {
    this.parts = parts;
    this.records = new IprRecords(IprTable.of(parts.ledger()), parts.atRest(), settings.keep());
    this.recording = new RecordationLifecycle(settings.longest(), settings.holders());
    this.procedure = new Procedure(settings.days());
  }

  // Recordations ---------------------------------------------------------------------------------

  /** Records an application. */
  public Result<RecordRightResponse> record(NodeName client, RecordRightRequest request) {
    Optional<Problem> problem =
        parts
            .decision(request.getOnBehalfOf())
            .or(() -> recording.problem(request, parts.clock().millis()));
    return IprParts.admitted(problem, RECORDATION, chosen(request.getRecordationId()))
        .then(id -> commit(tx -> record(tx, client, id, request)));
  }

  private Result<RecordRightResponse> record(
      Transaction tx, NodeName client, MessageId id, RecordRightRequest request) {
    if (records.book().read(tx, Kind.RECORDATION, id) != null) {
      return Result.of(
          records
              .recordation(tx, id)
              .filter(kept -> kept.getContent().equals(request.getContent()))
              .map(kept -> recorded(RecordationLifecycle.at(kept, tx.nowMillis()))),
          () -> reused(RECORDATION));
    }
    return Result.unless(
        room(tx, Kind.RECORDATION, client, MOST_RECORDATIONS),
        () -> {
          Recordation applied = recording.applied(id, request, tx.nowMillis());
          records.put(tx, applied);
          records.book().madeBy(tx, Kind.RECORDATION, id, token(client));
          changed(tx, client, request.getOnBehalfOf(), id, "application recorded");
          return Result.done(recorded(applied));
        });
  }

  private static RecordRightResponse recorded(Recordation kept) {
    return RecordRightResponse.newBuilder().setRecordation(kept).build();
  }

  /** Grants, prolongs, refuses or revokes a recordation. */
  public Result<DecideRecordationResponse> decide(
      NodeName client, DecideRecordationRequest request) {
    boolean grants = request.getDecision() == RecordationDecision.RECORDATION_DECISION_GRANT;
    return named(request.getOnBehalfOf(), RECORDATION, request.getRecordationId())
        .then(id -> Result.unless(lacksRoom(!grants), () -> Result.done(id)))
        .then(id -> commit(tx -> decide(tx, client, id, request)));
  }

  private Result<DecideRecordationResponse> decide(
      Transaction tx, NodeName client, MessageId id, DecideRecordationRequest request) {
    return recordation(tx, id)
        .then(kept -> recording.decide(kept, request, tx.nowMillis()))
        .map(
            step -> {
              if (step.changes()) {
                records.put(tx, step.after());
                changed(tx, client, request.getOnBehalfOf(), id, step.words());
              }
              return DecideRecordationResponse.newBuilder()
                  .setRecordation(RecordationLifecycle.at(step.after(), tx.nowMillis()))
                  .build();
            });
  }

  private void changed(
      Transaction tx, NodeName client, OnBehalfOf person, MessageId id, String words) {
    parts.record(
        tx, AuditType.IPR_RECORDED, LawCategory.ALTERATION, client, person, List.of(id), words);
  }

  /** A page of recordations, without contact and features. */
  public Result<ListRecordationsResponse> list(ListRecordationsRequest request) {
    ListRecordationsResponse.Builder response = ListRecordationsResponse.newBuilder();
    long now = parts.clock().millis();
    return list(
            Kind.RECORDATION,
            request.getPageSize(),
            request.getAfter(),
            entry ->
                records
                    .recordation(entry)
                    .ifPresent(
                        kept -> response.addRecordations(line(RecordationLifecycle.at(kept, now)))))
        .map(next -> response.setNext(next).build());
  }

  private static Recordation line(Recordation kept) {
    Recordation.Builder line = kept.toBuilder();
    line.getContentBuilder().clearContact().clearGenuineFeatures();
    return line.build();
  }

  /** A whole recordation, once the access is recorded. */
  public Result<ReadRecordationResponse> read(NodeName client, ReadRecordationRequest request) {
    return named(request.getOnBehalfOf(), RECORDATION, request.getRecordationId())
        .then(
            id ->
                commit(
                    tx ->
                        recordation(tx, id)
                            .map(
                                kept -> {
                                  consulted(tx, client, request.getOnBehalfOf(), id, "recordation");
                                  return ReadRecordationResponse.newBuilder()
                                      .setRecordation(RecordationLifecycle.at(kept, tx.nowMillis()))
                                      .build();
                                })));
  }

  // Cases ----------------------------------------------------------------------------------------

  /** Opens a case. */
  public Result<SuspendGoodsResponse> suspend(NodeName client, SuspendGoodsRequest request) {
    return IprParts.admitted(
            parts.decision(request.getOnBehalfOf()), CASE, chosen(request.getCaseId()))
        .then(id -> commit(tx -> suspend(tx, client, id, request)));
  }

  private Result<SuspendGoodsResponse> suspend(
      Transaction tx, NodeName client, MessageId id, SuspendGoodsRequest request) {
    if (records.book().read(tx, Kind.CASE, id) != null) {
      return Result.of(
          records
              .theCase(tx, id)
              .filter(kept -> isOf(request, kept))
              .map(kept -> suspended(kept, tx.nowMillis())),
          () -> reused(CASE));
    }
    Optional<Problem> full = room(tx, Kind.CASE, client, MOST_CASES);
    if (full.isPresent()) {
      return new Result.Refused<>(full.get());
    }
    Recordation recordation =
        IprParts.id(request.getRecordationId())
            .flatMap(under -> records.recordation(tx, under))
            .orElse(null);
    return procedure
        .open(id, request, recordation, tx.nowMillis())
        .map(
            step -> {
              records.put(tx, step.after());
              records.book().madeBy(tx, Kind.CASE, id, token(client));
              acted(tx, AuditType.IPR_ACTED, client, request.getOnBehalfOf(), step);
              return suspended(step.after(), tx.nowMillis());
            });
  }

  /** Whether a request is the one that opened a case. */
  private static boolean isOf(SuspendGoodsRequest request, IprCase kept) {
    return kept.getKind() == request.getKind()
        && kept.getGoods().equals(request.getGoods())
        && (request.getRecordationId().isEmpty()
            || kept.getRecordationId().equals(request.getRecordationId()))
        && (!request.hasSuspendedAt() || kept.getSuspendedAt().equals(request.getSuspendedAt()));
  }

  private static SuspendGoodsResponse suspended(IprCase kept, long now) {
    return SuspendGoodsResponse.newBuilder().setIprCase(new CaseStatus(kept).shown(now)).build();
  }

  /** Records an act of the authority. */
  public Result<ActOnIprCaseResponse> act(NodeName client, ActOnIprCaseRequest request) {
    return named(request.getOnBehalfOf(), CASE, request.getCaseId())
        .then(id -> Result.unless(lacksRoom(request.hasConclude()), () -> Result.done(id)))
        .then(id -> commit(tx -> act(tx, client, id, request)));
  }

  private Result<ActOnIprCaseResponse> act(
      Transaction tx, NodeName client, MessageId id, ActOnIprCaseRequest request) {
    Recordation recordation =
        IprParts.id(request.getAttach().getRecordationId())
            .flatMap(under -> records.recordation(tx, under))
            .orElse(null);
    AuditType type = request.hasDisclose() ? AuditType.IPR_DISCLOSED : AuditType.IPR_ACTED;
    return theCase(tx, id)
        .then(kept -> procedure.act(kept, request, recordation, tx.nowMillis()))
        .map(
            step -> {
              if (step.changes()) {
                records.put(tx, step.after());
                acted(tx, type, client, request.getOnBehalfOf(), step);
              }
              return ActOnIprCaseResponse.newBuilder()
                  .setIprCase(new CaseStatus(step.after()).shown(tx.nowMillis()))
                  .build();
            });
  }

  private void acted(
      Transaction tx,
      AuditType type,
      NodeName client,
      OnBehalfOf person,
      Transition<IprCase> step) {
    parts.record(
        tx,
        type,
        type == AuditType.IPR_DISCLOSED ? LawCategory.DISCLOSURE : LawCategory.ALTERATION,
        client,
        person,
        subjects(step.after()),
        step.words());
  }

  /** The case and its recordation. */
  static List<MessageId> subjects(IprCase kept) {
    MessageId id = IprProtoMapper.id(kept.getCaseId());
    return kept.getRecordationId().isEmpty()
        ? List.of(id)
        : List.of(id, IprProtoMapper.id(kept.getRecordationId()));
  }

  /** A page of cases, without goods, particulars and texts. */
  public Result<ListIprCasesResponse> list(ListIprCasesRequest request) {
    ListIprCasesResponse.Builder response = ListIprCasesResponse.newBuilder();
    long now = parts.clock().millis();
    return list(
            Kind.CASE,
            request.getPageSize(),
            request.getAfter(),
            entry -> {
              if (entry.record().getOpen() || request.getClosedToo()) {
                records.theCase(entry).ifPresent(kept -> response.addCases(line(kept, now)));
              }
            })
        .map(next -> response.setNext(next).build());
  }

  private static IprCase line(IprCase kept, long now) {
    IprCase.Builder line =
        new CaseStatus(kept).shown(now).toBuilder().clearGoods().clearParticulars();
    line.getHolderBuilder().clearExtensionReason().clearProceedings();
    return line.build();
  }

  /** A whole case, once the access is recorded. */
  public Result<ReadIprCaseResponse> read(NodeName client, ReadIprCaseRequest request) {
    return named(request.getOnBehalfOf(), CASE, request.getCaseId())
        .then(
            id ->
                commit(
                    tx ->
                        theCase(tx, id)
                            .map(
                                kept -> {
                                  consulted(tx, client, request.getOnBehalfOf(), id, "case");
                                  return ReadIprCaseResponse.newBuilder()
                                      .setIprCase(new CaseStatus(kept).shown(tx.nowMillis()))
                                      .build();
                                })));
  }

  private void consulted(
      Transaction tx, NodeName client, OnBehalfOf person, MessageId id, String what) {
    parts.record(
        tx, AuditType.IPR_READ, LawCategory.CONSULTATION, client, person, List.of(id), what);
  }

  // Both -----------------------------------------------------------------------------------------

  private <T> Result<T> commit(Mutation<Result<T>> change) {
    return parts.ledger().commit(Lane.ROUTINE, change);
  }

  private Result<MessageId> named(OnBehalfOf person, String field, ByteString id) {
    return IprParts.admitted(parts.decision(person), field, IprParts.id(id));
  }

  /** The id chosen by the client, or a fresh one; empty if the chosen id does not have 16 bytes. */
  private Optional<MessageId> chosen(ByteString id) {
    return id.isEmpty()
        ? Optional.of(MessageId.fresh(parts.clock().millis(), parts.random()))
        : IprParts.id(id);
  }

  /** Why a change is refused while the disk is full; what ends something is not. */
  private Optional<Problem> lacksRoom(boolean ends) {
    return ends ? Optional.empty() : parts.ledger().room().refusal();
  }

  private Optional<Problem> room(Transaction tx, Kind kind, NodeName client, int most) {
    IprTable book = records.book();
    return new SharedRoom(most).fits(book.made(tx, kind, token(client)), book.size(kind))
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.LIMIT_REACHED,
                "",
                ("%d records of this kind are stored, at most, and this client has made as many as"
                        + " are still free; one is removed some time after it is over")
                    .formatted(most)));
  }

  private byte[] token(NodeName client) {
    return parts.ledger().names().token(client.value());
  }

  /** Reads one page of records; returns where the next begins, empty after the last. */
  private Result<ByteString> list(
      Kind kind, int asked, ByteString after, Consumer<IprTable.Entry> each) {
    Optional<MessageId> from = IprParts.id(after);
    boolean valid = after.isEmpty() || from.isPresent();
    return Result.unless(
        PAGES
            .problem(asked)
            .or(() -> valid ? Optional.empty() : Optional.of(IprParts.noId("after"))),
        () -> {
          int size = PAGES.size(asked);
          List<IprTable.Entry> page = records.book().page(kind, from.orElse(null), size);
          page.forEach(each);
          return Result.done(
              page.size() < size
                  ? ByteString.EMPTY
                  : IprProtoMapper.bytes(page.get(page.size() - 1).id()));
        });
  }

  private Result<Recordation> recordation(Transaction tx, MessageId id) {
    return Result.of(records.recordation(tx, id), () -> notFound(RECORDATION, id));
  }

  private Result<IprCase> theCase(Transaction tx, MessageId id) {
    return Result.of(records.theCase(tx, id), () -> notFound(CASE, id));
  }

  private static Problem notFound(String field, MessageId id) {
    return new Problem(Code.NOT_FOUND, field, "there is no record with the id " + id);
  }

  private static Problem reused(String field) {
    return new Problem(
        Code.IDEMPOTENCY_KEY_REUSED, field, "is the id of another record; choose a new one");
  }
}
