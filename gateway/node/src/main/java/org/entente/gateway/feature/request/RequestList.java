package org.entente.gateway.feature.request;

import com.google.protobuf.util.Timestamps;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.PageLimits;
import org.entente.gateway.store.Table;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.SentPart;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListRequestsRequest;
import org.entente.proto.v1.ListRequestsResponse;
import org.entente.proto.v1.ListedRequest;
import org.entente.proto.v1.RequestStatus;
import org.entente.proto.v1.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Pages of committed requests with their deadlines. The subject is read from the stored messages,
 * so that it disappears with them. Safe for use by several threads.
 */
public final class RequestList {
  private static final int MOST_STATUSES = 16;

  /** Most records that one page may inspect. */
  private static final int LOOKED_AT = 1_000;

  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final Function<MessageId, Optional<Label>> received;
  private final Desks desks;

  /**
   * Lists the requests in a ledger.
   *
   * @param evidence evidence about own requests
   * @param received the labels of received requests, while they are kept
   * @param desks the desks of received requests, and who sits there
   */
  public RequestList(
      Ledger ledger,
      EvidenceRecords evidence,
      Function<MessageId, Optional<Label>> received,
      Desks desks) {
    this.desks = desks;
    this.ledger = ledger;
    this.evidence = evidence;
    this.received = received;
  }

  /** A page of one side that a client may see. */
  public Result<ListRequestsResponse> page(
      NodeName client, Side side, ListRequestsRequest request) {
    Optional<Problem> problem = PageLimits.MESSAGES.problem(request.getPageSize());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    int size = PageLimits.MESSAGES.size(request.getPageSize());
    if (request.getStatusesCount() > MOST_STATUSES
        || request.getStatusesList().stream().anyMatch(RequestList::isNone)) {
      return Result.refused(
          Code.INVALID_FIELD,
          "statuses",
          "must be at most " + MOST_STATUSES + ", each of them known");
    }
    try {
      Name after = place(side, request);
      return Result.done(page(desks.sight(client), side, request, size, after));
    } catch (InvalidValue e) {
      return Result.refused(
          Code.INVALID_FIELD, "page_token", "must be the token of a previous page");
    }
  }

  private static boolean isNone(RequestStatus status) {
    return status == RequestStatus.UNRECOGNIZED
        || status == RequestStatus.REQUEST_STATUS_UNSPECIFIED;
  }

  private ListRequestsResponse page(
      DeskVisibility sight,
      Side side,
      ListRequestsRequest request,
      int size,
      @Nullable Name after) {
    Set<RequestStatus> statuses = EnumSet.noneOf(RequestStatus.class);
    statuses.addAll(request.getStatusesList());
    boolean openOnly =
        request.getOverdue() || statuses.equals(Set.of(RequestStatus.REQUEST_STATUS_OPEN));
    List<Name> names = RequestTable.of(ledger).names(side, openOnly, after, LOOKED_AT + 1);
    ListRequestsResponse.Builder page = ListRequestsResponse.newBuilder();
    for (int i = 0; i < names.size() && isWanted(names.get(i), request); i++) {
      if (page.getRequestsCount() == size || i == LOOKED_AT) {
        return page.setNextPageToken(token(names.get(i - 1))).build();
      }
      RequestRecord record = readable(names.get(i));
      if (record != null && isAsked(record, request, statuses) && isGiven(sight, names.get(i))) {
        page.addRequests(listed(side, record));
      }
    }
    return page.build();
  }

  /** The record, or null if there is none or it cannot be read, which must hide no other. */
  private @Nullable RequestRecord readable(Name name) {
    try {
      return RequestTable.of(ledger).read(name);
    } catch (CorruptRecord e) {
      ledger.unreadable().found(Table.REQUEST, name.id().toString(), e);
      return null;
    }
  }

  private static boolean isWanted(Name name, ListRequestsRequest request) {
    return request.getRequestId().isEmpty()
        || Arrays.equals(name.id().bytes(), request.getRequestId().toByteArray());
  }

  /**
   * Owed answers are visible like the request itself; own requests are visible to the whole agency.
   */
  private boolean isGiven(DeskVisibility sight, Name name) {
    try {
      return name.side() == Side.ASKED || sight.seesAbout(ledger.inbox().find(name.id()));
    } catch (CorruptRecord e) {
      return sight.seesAbout(null);
    }
  }

  private static boolean isAsked(
      RequestRecord record, ListRequestsRequest request, Set<RequestStatus> statuses) {
    return record.getExercise() == request.getExercise()
        && (statuses.isEmpty() || statuses.contains(status(record)))
        && (request.getAgency().isEmpty() || request.getAgency().equals(record.getAgency()))
        && (!request.getOverdue() || (RequestTable.isOpen(record) && record.getOverdue()));
  }

  private ListedRequest listed(Side side, RequestRecord record) {
    ListedRequest.Builder out =
        ListedRequest.newBuilder()
            .setRequestId(record.getRequestId())
            .setAgency(record.getAgency())
            .setStatus(status(record))
            .setAskedAt(Timestamps.fromMillis(record.getAskedAtMs()))
            .setAnswerBy(Timestamps.fromMillis(record.getAnswerByMs()))
            .setOverdue(record.getOverdue())
            .setAnswerId(record.getAnswerId())
            .setWanted(record.getDetails() ? Wanted.WANTED_DETAILS : Wanted.WANTED_HIT_NO_HIT);
    if (record.getAnsweredAtMs() > 0) {
      out.setAnsweredAt(Timestamps.fromMillis(record.getAnsweredAtMs()));
    }
    if (record.getExpectedAtMs() > 0) {
      out.setExpectedAt(Timestamps.fromMillis(record.getExpectedAtMs()));
    }
    reminders(out, record);
    MessageId id = MessageId.of(record.getRequestId().toByteArray());
    if (side == Side.ASKED) {
      sent(id, record.getAgency()).ifPresent(part -> about(out, part));
    } else {
      received
          .apply(id)
          .ifPresent(label -> out.setCategory(label.getCategory()).setPurpose(label.getPurpose()));
    }
    return out.build();
  }

  private static void reminders(ListedRequest.Builder out, RequestRecord record) {
    out.setReminders(record.getReminders()).setNoticedPercent(record.getNoticedPercent());
    if (record.getRemindedAtMs() > 0) {
      out.setRemindedAt(Timestamps.fromMillis(record.getRemindedAtMs()));
    }
    if (record.getNoticedAtMs() > 0) {
      out.setNoticedAt(Timestamps.fromMillis(record.getNoticedAtMs()));
    }
  }

  /**
   * The open requests of which this agency was reminded and that a client may see.
   *
   * @param after only requests after this one; null for all
   * @param most most names to inspect
   */
  public ReminderPage reminded(NodeName client, boolean exercise, @Nullable Name after, int most) {
    List<Name> names = RequestTable.of(ledger).names(Side.OWED, true, after, most);
    return new ReminderPage(
        names.stream()
            .map(name -> reminded(client, exercise, name))
            .flatMap(Optional::stream)
            .toList(),
        names.size(),
        names.size() < most ? null : names.get(names.size() - 1));
  }

  /**
   * A request, if this agency was reminded of it, still owes its answer, and the client may see it.
   */
  public Optional<ListedRequest> reminded(NodeName client, boolean exercise, Name name) {
    RequestRecord record = readable(name);
    return record != null
            && record.getExercise() == exercise
            && RequestTable.isOpen(record)
            && RequestTable.isReminded(record)
            && isGiven(desks.sight(client), name)
        ? Optional.of(listed(Side.OWED, record))
        : Optional.empty();
  }

  /**
   * A page of requests of which this agency was reminded.
   *
   * @param looked how many requests were inspected for it
   * @param last the name after which the next page continues; null if this is the last
   */
  public record ReminderPage(List<ListedRequest> requests, int looked, @Nullable Name last) {}

  /** Registers a callback for each commit by which this agency is reminded; it must not block. */
  public void listen(Consumer<Name> listener) {
    RequestTable.of(ledger).listen(listener);
  }

  /** Removes a callback. */
  public void unlisten(Consumer<Name> listener) {
    RequestTable.of(ledger).unlisten(listener);
  }

  private Optional<SentPart> sent(MessageId id, String recipient) {
    return evidence
        .sent(ledger.evidence(), id)
        .flatMap(
            facts ->
                facts.getPartsList().stream()
                    .filter(part -> part.getRecipientsList().contains(recipient))
                    .findFirst());
  }

  private static void about(ListedRequest.Builder out, SentPart part) {
    out.setCategoryValue(part.getCategory())
        .setPurposeValue(part.getPurpose())
        .setCaseRef(part.getCaseRef());
  }

  private static RequestStatus status(RequestRecord record) {
    return switch (record.getState()) {
      case REQUEST_STATE_OPEN -> RequestStatus.REQUEST_STATUS_OPEN;
      case REQUEST_STATE_ANSWERED -> RequestStatus.REQUEST_STATUS_ANSWERED;
      case REQUEST_STATE_DECLINED -> RequestStatus.REQUEST_STATUS_DECLINED;
      case REQUEST_STATE_REFUSED -> RequestStatus.REQUEST_STATUS_REFUSED;
      case REQUEST_STATE_WITHDRAWN -> RequestStatus.REQUEST_STATUS_WITHDRAWN;
      case REQUEST_STATE_LAPSED -> RequestStatus.REQUEST_STATUS_LAPSED;
      case REQUEST_STATE_UNSPECIFIED, UNRECOGNIZED -> RequestStatus.REQUEST_STATUS_UNSPECIFIED;
    };
  }

  private static String token(Name name) {
    return name.id() + ":" + name.agency();
  }

  /** The request after which a page begins: names are ordered by id, then by agency. */
  private static @Nullable Name place(Side side, ListRequestsRequest request) {
    String token = request.getPageToken();
    if (token.isEmpty()) {
      return request.getRequestId().isEmpty()
          ? null
          : new Name(side, MessageId.of(request.getRequestId().toByteArray()), "");
    }
    int colon = token.indexOf(':');
    if (colon < 0 || !token.chars().allMatch(c -> c > ' ' && c < 127) || token.length() > 128) {
      throw new InvalidValue("a page token", token);
    }
    return new Name(side, MessageId.parse(token.substring(0, colon)), token.substring(colon + 1));
  }
}
