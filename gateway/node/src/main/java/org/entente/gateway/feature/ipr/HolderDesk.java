package org.entente.gateway.feature.ipr;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.ipr.IprTable.Kind;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.AnswerIprNoticeRequest;
import org.entente.proto.v1.AnswerIprNoticeResponse;
import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.ListIprNoticesRequest;
import org.entente.proto.v1.ListIprNoticesResponse;
import org.entente.proto.v1.ListOwnRecordationsRequest;
import org.entente.proto.v1.ListOwnRecordationsResponse;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.ReadIprNoticeRequest;
import org.entente.proto.v1.ReadIprNoticeResponse;
import org.entente.proto.v1.Recordation;

/**
 * The service for a rights holder's client: its own recordations, and notices of cases under them
 * of which it was notified, as shown by {@link HolderView}. Under a recordation that is no longer
 * in force, only open cases are shown. Records of other holders are answered as if they did not
 * exist; their ids are never revealed. Calls block; safe for use by several threads.
 */
public final class HolderDesk {
  private static final int PAGE = 100;
  private static final int LOOKED_AT = 200;

  private final IprParts parts;
  private final IprRecords records;
  private final Procedure procedure;
  private final Runnable further;

  /** Clients that are being served a page. */
  private final Set<NodeName> looking = ConcurrentHashMap.newKeySet();

  /**
   * A desk for an agency's records.
   *
   * @param further called in a call before it opens another {@value #LOOKED_AT} records than the
   *     first, which it may pay for
   */
  public HolderDesk(IprParts parts, IprSettings settings, Runnable further) {
    this.parts = parts;
    this.further = further;
    this.records = new IprRecords(IprTable.of(parts.ledger()), parts.atRest(), settings.keep());
    this.procedure = new Procedure(settings.days());
  }

  /** A page of the client's own recordations. */
  public Result<ListOwnRecordationsResponse> recordations(
      NodeName holder, ListOwnRecordationsRequest request) {
    return alone(holder, request.getAfter(), () -> page(holder, request));
  }

  private ListOwnRecordationsResponse page(NodeName holder, ListOwnRecordationsRequest request) {
    ListOwnRecordationsResponse.Builder response = ListOwnRecordationsResponse.newBuilder();
    long now = parts.clock().millis();
    ByteString last =
        walk(
            Kind.RECORDATION,
            request.getAfter(),
            entry -> {
              Optional<Recordation> own =
                  records.recordation(entry).filter(kept -> isOf(holder, kept));
              own.ifPresent(kept -> response.addRecordations(RecordationLifecycle.at(kept, now)));
              return own.isPresent();
            });
    return response.setNext(last).build();
  }

  /** A page of notices, without goods, disclosed particulars and texts. */
  public Result<ListIprNoticesResponse> notices(NodeName holder, ListIprNoticesRequest request) {
    return alone(holder, request.getAfter(), () -> page(holder, request));
  }

  private ListIprNoticesResponse page(NodeName holder, ListIprNoticesRequest request) {
    ListIprNoticesResponse.Builder response = ListIprNoticesResponse.newBuilder();
    Map<ByteString, Optional<Recordation>> recordations = new HashMap<>();
    long now = parts.clock().millis();
    ByteString last =
        walk(
            Kind.CASE,
            request.getAfter(),
            entry -> {
              if (!entry.record().getOpen() && !request.getClosedToo()) {
                return false;
              }
              Optional<IprCase> own =
                  records
                      .theCase(entry)
                      .filter(
                          kept ->
                              recordations
                                  .computeIfAbsent(kept.getRecordationId(), this::recordation)
                                  .filter(under -> mayBeShown(holder, kept, under, now))
                                  .isPresent());
              own.ifPresent(kept -> response.addNotices(HolderView.line(kept)));
              return own.isPresent();
            });
    return response.setNext(last).build();
  }

  /** Runs one page at a time for each client, since scanning all records is costly. */
  private <T> Result<T> alone(NodeName holder, ByteString after, Supplier<T> page) {
    if (!after.isEmpty() && IprParts.id(after).isEmpty()) {
      return Result.refused(IprParts.noId("after"));
    }
    if (!looking.add(holder)) {
      return Result.refused(
          Code.OVERLOADED,
          "",
          "a page for this client is already in progress; request one at a time");
    }
    try {
      return Result.done(page.get());
    } finally {
      looking.remove(holder);
    }
  }

  private Optional<Recordation> recordation(ByteString id) {
    return IprParts.id(id).flatMap(records::recordation);
  }

  /**
   * Scans from an id until a page is full of matches.
   *
   * @return the id of the last match if there may be more; never one of another holder's record
   */
  private ByteString walk(Kind kind, ByteString after, Predicate<IprTable.Entry> wanted) {
    int found = 0;
    List<IprTable.Entry> some =
        records.book().page(kind, IprParts.id(after).orElse(null), LOOKED_AT);
    while (!some.isEmpty()) {
      for (IprTable.Entry entry : some) {
        if (wanted.test(entry)) {
          found++;
          if (found == PAGE) {
            return IprProtoMapper.bytes(entry.id());
          }
        }
      }
      some = records.book().page(kind, some.get(some.size() - 1).id(), LOOKED_AT);
      if (!some.isEmpty()) {
        further.run();
      }
    }
    return ByteString.EMPTY;
  }

  /** A whole notice, once the access is recorded. */
  public Result<ReadIprNoticeResponse> read(NodeName holder, ReadIprNoticeRequest request) {
    return named(request.getOnBehalfOf(), request.getCaseId())
        .then(
            id ->
                parts
                    .ledger()
                    .commit(
                        Lane.ROUTINE,
                        tx ->
                            own(tx, holder, id)
                                .map(
                                    kept -> {
                                      parts.record(
                                          tx,
                                          AuditType.IPR_READ,
                                          LawCategory.DISCLOSURE,
                                          holder,
                                          request.getOnBehalfOf(),
                                          IprOffice.subjects(kept),
                                          "notice, by the rights holder");
                                      return ReadIprNoticeResponse.newBuilder()
                                          .setNotice(HolderView.of(kept))
                                          .build();
                                    })));
  }

  /** Records an answer. */
  public Result<AnswerIprNoticeResponse> answer(NodeName holder, AnswerIprNoticeRequest request) {
    return named(request.getOnBehalfOf(), request.getCaseId())
        .then(id -> parts.ledger().commit(Lane.ROUTINE, tx -> answer(tx, holder, id, request)));
  }

  private Result<MessageId> named(OnBehalfOf person, ByteString id) {
    return IprParts.admitted(parts.holder(person), "case_id", IprParts.id(id));
  }

  private Result<AnswerIprNoticeResponse> answer(
      Transaction tx, NodeName holder, MessageId id, AnswerIprNoticeRequest request) {
    return own(tx, holder, id)
        .then(
            kept -> procedure.answer(kept, request.getAnswer(), request.getText(), tx.nowMillis()))
        .map(
            step -> {
              if (step.changes()) {
                records.put(tx, step.after());
                parts.record(
                    tx,
                    AuditType.IPR_ANSWERED,
                    LawCategory.ALTERATION,
                    holder,
                    request.getOnBehalfOf(),
                    IprOffice.subjects(step.after()),
                    step.words());
              }
              return AnswerIprNoticeResponse.newBuilder()
                  .setNotice(HolderView.of(step.after()))
                  .build();
            });
  }

  /** A case that the client may see; not found both if it may not and if there is none. */
  private Result<IprCase> own(Transaction tx, NodeName holder, MessageId id) {
    return Result.of(
        records
            .theCase(tx, id)
            .filter(
                kept ->
                    IprParts.id(kept.getRecordationId())
                        .flatMap(under -> records.recordation(tx, under))
                        .filter(under -> mayBeShown(holder, kept, under, tx.nowMillis()))
                        .isPresent()),
        () -> notFound(id));
  }

  private static boolean mayBeShown(NodeName holder, IprCase kept, Recordation under, long now) {
    return isOf(holder, under)
        && kept.hasHolderNotifiedAt()
        && (!new CaseStatus(kept).isClosed() || RecordationLifecycle.inForce(under, now));
  }

  private static boolean isOf(NodeName holder, Recordation kept) {
    return kept.getContent().getHolderClient().equals(holder.value());
  }

  private static Problem notFound(MessageId id) {
    return new Problem(
        Code.NOT_FOUND, "case_id", "notice " + id + " was not found, or access is not permitted");
  }
}
