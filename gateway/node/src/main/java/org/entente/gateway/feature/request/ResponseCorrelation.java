package org.entente.gateway.feature.request;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.SingleRecipient;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Responder;
import org.jspecify.annotations.Nullable;

/**
 * Checks drafts that answer requests. The request must be stored here. The answer must go to the
 * requesting agency alone, have the request's category and purpose, and contain what was requested.
 * It also checks reminders ({@link RequestReminders}) and the responder that a request names. Only
 * one answer to a request and one reminder of it are in progress at a time, so that of two
 * concurrent ones the second is decided with the first known. No client has more open requests at
 * another agency than its share ({@link RequestShares}). Safe for use by several threads.
 */
public final class ResponseCorrelation implements DraftHook {
  private final RequestTable book;
  private final ResponseDeadlines deadlines;
  private final IntakeParts.ReceivedMessages received;
  private final ReminderDraftCheck reminders;
  private final NamedResponderCheck responders;
  private final RequestShares shares;
  private final Map<MessageId, Object> onTheirWay = new ConcurrentHashMap<>();

  /**
   * Checks against the requests in a ledger.
   *
   * @param shares how many open requests each client may have at each other agency
   * @param known a responder that another agency has announced, by agency and name
   */
  public ResponseCorrelation(
      Ledger ledger,
      EvidenceRecords evidence,
      ResponseDeadlines deadlines,
      RequestShares shares,
      IntakeParts.ReceivedMessages received,
      BiFunction<String, String, Optional<Responder>> known,
      InstantSource clock) {
    this.book = RequestTable.of(ledger);
    this.deadlines = deadlines;
    this.shares = shares;
    this.received = received;
    this.reminders = new ReminderDraftCheck(ledger, evidence, clock);
    this.responders = new NamedResponderCheck(known);
  }

  /** Until {@link #end}, no other draft that names the same request is accepted. */
  @Override
  public Prepared begin(NodeName client, CheckedDraft draft, Instant now, Object attempt) {
    return new Prepared(draft, begin(client, draft, attempt));
  }

  @Override
  public boolean judgesReply(CheckedDraft draft) {
    return draft.label().getKind() == Kind.KIND_ANSWER || ReminderDraftCheck.isReminder(draft);
  }

  /** What fits it counts until {@link #end}; from its commit on the ledger counts it. */
  @Override
  public List<Refusal> beyond(String client, List<Permitted> parts, Object attempt) {
    return shares.take(client, parts, attempt);
  }

  @Override
  public void sent(Transaction tx, String client, List<Permitted> parts) {
    byte[] token = shares.token(client);
    parts.forEach(part -> deadlines.sent(tx, token, part));
  }

  private @Nullable Problem begin(NodeName client, CheckedDraft draft, Object done) {
    boolean reminds = ReminderDraftCheck.isReminder(draft);
    if (!reminds && draft.label().getKind() != Kind.KIND_ANSWER) {
      return responders.problem(draft);
    }
    if (!reminds && received.by(client).label(request(draft)).isEmpty()) {
      // This comes first: a client without access learns neither of the request nor of another
      // answer.
      return notHere();
    }
    if (onTheirWay.putIfAbsent(request(draft), done) != null) {
      return reminds
          ? problem(Code.DEADLINE_RUNS, "another reminder of the request is in progress")
          : problem(Code.OVERLOADED, "another answer to the request is in progress; try again");
    }
    boolean may = false;
    try {
      Problem problem =
          reminds
              ? reminders.problem(request(draft), draft)
              : problem(client, request(draft), draft);
      may = problem == null;
      return problem;
    } finally {
      if (!may) {
        end(draft, done);
      }
    }
  }

  @Override
  public Prepared explain(NodeName client, CheckedDraft draft, Instant now) {
    return new Prepared(draft, lacking(client, draft));
  }

  private @Nullable Problem lacking(NodeName client, CheckedDraft draft) {
    if (ReminderDraftCheck.isReminder(draft)) {
      return reminders.problem(request(draft), draft);
    }
    return draft.label().getKind() == Kind.KIND_ANSWER
        ? problem(client, request(draft), draft)
        : responders.problem(draft);
  }

  @Override
  public void end(CheckedDraft draft, Object done) {
    shares.giveBack(done);
    if (draft.label().getInReplyTo().size() == MessageId.SIZE) {
      onTheirWay.remove(request(draft), done);
    }
  }

  private static MessageId request(CheckedDraft draft) {
    return MessageId.of(draft.label().getInReplyTo().toByteArray());
  }

  private @Nullable Problem problem(NodeName client, MessageId id, CheckedDraft draft) {
    Optional<Label> request =
        received.by(client).label(id).filter(label -> label.getKind() == Kind.KIND_REQUEST);
    RequestRecord asked =
        request
            .map(
                label ->
                    book.read(new RequestTable.Name(RequestTable.Side.OWED, id, label.getOrigin())))
            .orElse(null);
    if (request.isEmpty() || asked == null) {
      return notHere();
    }
    Problem problem = against(request.get(), draft);
    return problem != null
        ? problem
        : AnswerCheck.problem(asked, draft.label(), draft.content().whole().getAnswer())
            .orElse(null);
  }

  private static @Nullable Problem against(Label request, CheckedDraft draft) {
    Label label = draft.label();
    if (!SingleRecipient.agency(request.getOrigin(), draft.to())) {
      return new Problem(
          Code.INVALID_FIELD,
          "to",
          "must contain only the requesting agency, "
              + request.getOrigin()
              + ", by name or by its desks");
    }
    if (label.getCategory() != request.getCategory()) {
      return mismatch("label.category", "must be that of the request");
    }
    if (label.getPurpose() != request.getPurpose()) {
      return mismatch("label.purpose", "must be that of the request");
    }
    return request.getPersonalData() && !label.getPersonalData()
        ? mismatch("label.personal_data", "must be true, as in the request")
        : null;
  }

  private static Problem notHere() {
    return problem(
        Code.NOT_FOUND,
        "there is no request with this id here; it was never received, or its retention has ended");
  }

  private static Problem problem(Code code, String message) {
    return new Problem(code, "label.in_reply_to", message);
  }

  private static Problem mismatch(String field, String message) {
    return new Problem(Code.LABEL_BODY_MISMATCH, field, message);
  }
}
