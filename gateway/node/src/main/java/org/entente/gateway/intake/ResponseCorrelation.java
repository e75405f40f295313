package org.entente.gateway.intake;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.ledger.table.RequestTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.request.AnswerCheck;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * Whether a draft that answers a request may be sent: the request is here, it goes to the agency
 * that asked and to nobody else, is about the same for the same purpose, and says what was asked
 * for; whether one that reminds of a request may ({@link RequestReminders}); and whether a request
 * may go to the responder that it names. One answer to a request and one reminder of it is on its
 * way at a time, so that of two that come at once one is decided on with the other known. Safe for
 * many threads.
 */
final class ResponseCorrelation {
  private final RequestTable book;
  private final IntakeParts.ReceivedMessages received;
  private final ReminderDraftCheck reminders;
  private final NamedResponderCheck responders;
  private final Map<MessageId, CompletableFuture<Outcome>> onTheirWay = new ConcurrentHashMap<>();

  ResponseCorrelation(
      RequestTable book,
      IntakeParts.ReceivedMessages received,
      ReminderDraftCheck reminders,
      NamedResponderCheck responders) {
    this.responders = responders;
    this.book = book;
    this.received = received;
    this.reminders = reminders;
  }

  /**
   * Why a draft may not answer, remind of, or ask of whom, what it names; null if it may, and for
   * any other draft. Until {@link #end} no other that names the request is taken.
   *
   * @param done what is known of the draft by then; names the attempt
   */
  @Nullable Problem begin(NodeName client, CheckedDraft draft, CompletableFuture<Outcome> done) {
    boolean reminds = ReminderDraftCheck.isReminder(draft);
    if (!reminds && draft.label().getKind() != Kind.KIND_ANSWER) {
      return responders.problem(draft);
    }
    if (!reminds && received.by(client).label(request(draft)).isEmpty()) {
      // Before it is said whether another answers it: who is not given it learns of neither.
      return notHere();
    }
    if (onTheirWay.putIfAbsent(request(draft), done) != null) {
      return reminds
          ? problem(Code.DEADLINE_RUNS, "another reminder of the request is on its way")
          : problem(Code.ALREADY_ANSWERED, "another answer to the request is on its way");
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

  /**
   * Why a draft may not answer or remind of what it names, as things stand; null if it may, and for
   * others.
   */
  @Nullable Problem lacking(NodeName client, CheckedDraft draft) {
    if (ReminderDraftCheck.isReminder(draft)) {
      return reminders.problem(request(draft), draft);
    }
    return draft.label().getKind() == Kind.KIND_ANSWER
        ? problem(client, request(draft), draft)
        : responders.problem(draft);
  }

  /** What was begun is durable, held, refused or given up; without effect on what was not begun. */
  void end(CheckedDraft draft, CompletableFuture<Outcome> done) {
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
        : AnswerCheck.problem(asked, draft.label(), body(draft).getAnswer()).orElse(null);
  }

  private static @Nullable Problem against(Label request, CheckedDraft draft) {
    Label label = draft.label();
    if (!SingleRecipient.agency(request.getOrigin(), draft.to())) {
      return new Problem(
          Code.INVALID_FIELD,
          "to",
          "must be the agency that asked, "
              + request.getOrigin()
              + ", by name or by desks of it, and alone");
    }
    if (label.getCategory() != request.getCategory()) {
      return mismatch("label.category", "it is about the same as the request");
    }
    if (label.getPurpose() != request.getPurpose()) {
      return mismatch("label.purpose", "it is for what was asked for");
    }
    return request.getPersonalData() && !label.getPersonalData()
        ? mismatch("label.personal_data", "the request has personal data, so an answer to it has")
        : null;
  }

  private static Problem notHere() {
    return problem(
        Code.NOT_FOUND,
        "no request of this id is here; it was never received, or its time is over");
  }

  private static Problem problem(Code code, String message) {
    return new Problem(code, "label.in_reply_to", message);
  }

  private static Problem mismatch(String field, String message) {
    return new Problem(Code.LABEL_BODY_MISMATCH, field, message);
  }

  private static Body body(CheckedDraft draft) {
    try {
      return Body.parseFrom(draft.body());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a body that this gateway has checked", e);
    }
  }
}
