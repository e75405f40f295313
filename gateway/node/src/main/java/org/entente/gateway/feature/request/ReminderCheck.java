package org.entente.gateway.feature.request;

import com.google.protobuf.util.Timestamps;
import java.util.Optional;
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
 * Checks a reminder against its request, at the gateway that sends it and at the one that owes the
 * answer. Pure.
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
      return problem(
          Code.NOT_FOUND, "this agency has asked " + agency + " no request with this id");
    }
    Optional<Problem> either = problem(asked, label, reminder);
    return either.isPresent() ? either : tooSoon(asked, nowMillis);
  }

  /**
   * Why another agency's reminder is not kept; empty if it is. The sender's clock and the delay in
   * transit are unknown, so only the number of reminders is checked.
   *
   * @param owed the request of that agency; null if there is none
   */
  public static Optional<Problem> received(
      @Nullable RequestRecord owed, Label label, Request reminder) {
    return owed == null
        ? problem(Code.NOT_ASKED, "the reminding agency sent no request with this id")
        : problem(owed, label, reminder);
  }

  private static Optional<Problem> problem(RequestRecord record, Label label, Request reminder) {
    if (!RequestTable.isOpen(record)) {
      return over(record.getState());
    }
    if (record.getExercise() != Exercise.of(label)) {
      return mismatch("label.status", "training and actual traffic must not be mixed");
    }
    if (record.getDetails() != (reminder.getWanted() == Wanted.WANTED_DETAILS)) {
      return mismatch("body.request.wanted", "must be that of the request");
    }
    return record.getReminders() >= RequestTable.MOST_REMINDERS
        ? problem(
            Code.LIMIT_REACHED,
            RequestTable.MOST_REMINDERS + " reminders are the most for one agency and request")
        : Optional.empty();
  }

  private static Optional<Problem> over(RequestState state) {
    return state == RequestState.REQUEST_STATE_ANSWERED
            || state == RequestState.REQUEST_STATE_DECLINED
        ? problem(Code.ALREADY_ANSWERED, "the request has been answered")
        : problem(
            Code.NOT_ASKED, "the request was recalled or refused, or its time ended long ago");
  }

  private static Optional<Problem> tooSoon(RequestRecord asked, long nowMillis) {
    long next = asked.getRemindedAtMs() + RequestTable.REMINDERS_APART.toMillis();
    return asked.getReminders() > 0 && next > nowMillis
        ? problem(
            Code.DEADLINE_RUNS,
            asked.getAgency()
                + " was already reminded; the next reminder may be sent from "
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
