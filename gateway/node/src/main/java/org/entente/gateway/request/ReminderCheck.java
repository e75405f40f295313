package org.entente.gateway.request;

import com.google.protobuf.util.Timestamps;
import java.util.Optional;
import org.entente.gateway.ledger.table.RequestTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Whether a reminder may stand beside the request of which it reminds: at the gateway that sends it
 * and at the one that owes the answer. Pure.
 */
public final class ReminderCheck {
  private ReminderCheck() {}

  /**
   * Why this agency may not remind another; empty if it may.
   *
   * @param asked the request between the two; null if there is none
   */
  public static Optional<Problem> sent(
      @Nullable RequestRecord asked, String agency, Label label, Request reminder, long nowMillis) {
    if (asked == null) {
      return problem(Code.NOT_FOUND, "this agency has asked " + agency + " no such request");
    }
    Optional<Problem> either = problem(asked, label, reminder);
    return either.isPresent() ? either : tooSoon(asked, nowMillis);
  }

  /**
   * Why a reminder of another agency is not kept; empty if it is. Its sender's clock and the way
   * between are not known, so that only their number is held against it.
   *
   * @param owed the request of that agency; null if there is none
   */
  public static Optional<Problem> received(
      @Nullable RequestRecord owed, Label label, Request reminder) {
    return owed == null
        ? problem(Code.NOT_ASKED, "no request of this id came from the agency that reminds of it")
        : problem(owed, label, reminder);
  }

  private static Optional<Problem> problem(RequestRecord record, Label label, Request reminder) {
    if (!RequestTable.isOpen(record)) {
      return over(record.getState());
    }
    if (record.getExercise() != Exercise.of(label)) {
      return mismatch("label.status", "training and actual traffic are not mixed");
    }
    if (record.getDetails() != (reminder.getWanted() == Wanted.WANTED_DETAILS)) {
      return mismatch("body.request.wanted", "a reminder asks for what the request asks for");
    }
    return record.getReminders() >= RequestTable.MOST_REMINDERS
        ? problem(
            Code.LIMIT_REACHED,
            RequestTable.MOST_REMINDERS
                + " reminders of a request are the most that one agency is sent")
        : Optional.empty();
  }

  private static Optional<Problem> over(RequestState state) {
    return state == RequestState.REQUEST_STATE_ANSWERED
            || state == RequestState.REQUEST_STATE_DECLINED
        ? problem(Code.ALREADY_ANSWERED, "the request has its answer")
        : problem(Code.NOT_ASKED, "the request was recalled or refused, or its time is long over");
  }

  private static Optional<Problem> tooSoon(RequestRecord asked, long nowMillis) {
    long next = asked.getRemindedAtMs() + RequestTable.REMINDERS_APART.toMillis();
    return asked.getReminders() > 0 && next > nowMillis
        ? problem(
            Code.DEADLINE_RUNS,
            asked.getAgency()
                + " was reminded already; the next reminder may be sent from "
                + Timestamps.toString(Timestamps.fromMillis(next)))
        : Optional.empty();
  }

  private static Optional<Problem> problem(Code code, String message) {
    return Optional.of(new Problem(code, "label.in_reply_to", message));
  }

  private static Optional<Problem> mismatch(String field, String message) {
    return Optional.of(new Problem(Code.LABEL_BODY_MISMATCH, field, message));
  }
}
