package org.entente.gateway.feature.request;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Duration;
import java.util.Optional;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.Wanted;

/**
 * Maintains the deadlines of requests and answers, in the commit that sends or stores a message, so
 * that a crash loses none and none counts twice. Called in transactions by the writer; messages of
 * other kinds change nothing.
 */
public final class ResponseDeadlines {
  /** Longest time for an answer; a later time is cut to it. */
  private static final Duration LONGEST = Duration.ofDays(366);

  /** In the place of a client, where none of this agency sent the request. */
  private static final byte[] NOBODY = {};

  private final RequestTable book;
  private final Meters meters;
  private final int mostOpen;

  /**
   * The deadlines in a table.
   *
   * @param mostOpen most open requests of one other agency; exercises count for themselves
   */
  public ResponseDeadlines(RequestTable book, Meters meters, int mostOpen) {
    this.book = book;
    this.meters = meters;
    this.mostOpen = mostOpen;
  }

  /**
   * Call it when a message of this agency is committed.
   *
   * @param client the client that sent it, as a token
   */
  public void sent(Transaction tx, byte[] client, Permitted message) {
    switch (message.label().getKind()) {
      case KIND_REQUEST -> {
        Request request = body(message).getRequest();
        for (Permit permit : message.permits()) {
          String agency = permit.recipient().value();
          if (request.getReminder()) {
            reminded(tx, about(Side.ASKED, agency, message.label()));
          } else {
            open(tx, Side.ASKED, agency, message.label(), request, client);
            long known = message.expires().plus(RequestDeadlineSweep.STATED_WITHIN).toEpochMilli();
            Name name = new Name(Side.ASKED, message.messageId(), agency);
            book.lookUpDelivery(tx, new RequestTable.DueRecord(known, name));
          }
        }
      }
      case KIND_ANSWER -> {
        Answer answer = body(message).getAnswer();
        for (Permit permit : message.permits()) {
          answered(tx, Side.OWED, permit.recipient().value(), message.label(), answer);
        }
      }
      case KIND_RECALL -> {
        MessageId target = id(body(message).getRecall().getMessageId());
        book.asked(target).forEach(name -> close(tx, name, RequestState.REQUEST_STATE_WITHDRAWN));
      }
      default -> {
        // No answer is expected.
      }
    }
  }

  /**
   * Why another agency's request, answer or reminder is not kept; empty if it is, and for any other
   * message.
   */
  public Optional<Problem> refusal(Transaction tx, AgencyName origin, Label label, Body body) {
    if (body.getRequest().getReminder()) {
      RequestRecord owed = book.read(tx, about(Side.OWED, origin.value(), label));
      return ReminderCheck.received(owed, label, body.getRequest());
    }
    if (body.hasRequest()) {
      Name name = new Name(Side.OWED, id(label.getMessageId()), origin.value());
      return beyond(tx, name, Exercise.of(label));
    }
    if (!body.hasAnswer()) {
      return Optional.empty();
    }
    RequestRecord asked = book.read(tx, about(Side.ASKED, origin.value(), label));
    return asked == null
        ? Optional.of(
            new Problem(
                Code.NOT_ASKED,
                "label.in_reply_to",
                "this agency sent it no such request, or it was closed long ago"))
        : AnswerCheck.problem(asked, label, body.getAnswer());
  }

  private Optional<Problem> beyond(Transaction tx, Name name, boolean exercise) {
    return book.owed(tx, name.agency(), exercise) < mostOpen || book.read(tx, name) != null
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Code.LIMIT_REACHED,
                "",
                "the limit of open requests of " + name.agency() + " is reached: " + mostOpen));
  }

  /** Call it when a message of another agency is stored. */
  public void received(Transaction tx, AgencyName origin, Label label, Body body) {
    if (body.getRequest().getReminder()) {
      reminded(tx, about(Side.OWED, origin.value(), label));
      if (!Exercise.of(label)) {
        tx.afterCommit(() -> meters.reminded(Meters.Reminder.ASKED_AGAIN, origin));
      }
    } else if (body.hasRequest()) {
      open(tx, Side.OWED, origin.value(), label, body.getRequest(), NOBODY);
    } else if (body.hasAnswer()) {
      answered(tx, Side.ASKED, origin.value(), label, body.getAnswer());
    } else if (body.hasRecall()) {
      MessageId target = id(body.getRecall().getMessageId());
      close(tx, new Name(Side.OWED, target, origin.value()), RequestState.REQUEST_STATE_WITHDRAWN);
    }
  }

  /** Call it when a recipient's gateway reports that it refused a message of this agency. */
  public void refused(Transaction tx, MessageId id, String recipient) {
    close(tx, new Name(Side.ASKED, id, recipient), RequestState.REQUEST_STATE_REFUSED);
  }

  private void open(
      Transaction tx, Side side, String agency, Label label, Request request, byte[] client) {
    MessageId id = id(label.getMessageId());
    Name name = new Name(side, id, agency);
    if (book.read(tx, name) != null) {
      return;
    }
    long now = tx.nowMillis();
    long answerBy = Math.min(millis(request.getAnswerBy()), now + LONGEST.toMillis());
    book.put(
        tx,
        name,
        RequestRecord.newBuilder()
            .setRequestId(ByteString.copyFrom(id.bytes()))
            .setAgency(agency)
            .setState(RequestState.REQUEST_STATE_OPEN)
            .setAskedAtMs(now)
            .setAnswerByMs(Math.max(0, answerBy))
            .setDetails(request.getWanted() == Wanted.WANTED_DETAILS)
            .setExercise(Exercise.of(label))
            // Checked soon, and then when a part of its time has passed.
            .setNearAtMs(side == Side.OWED ? now : 0)
            .setClassification(side == Side.ASKED ? label.getClassificationValue() : 0)
            .build(),
        client);
  }

  private void reminded(Transaction tx, Name name) {
    RequestRecord record = book.read(tx, name);
    if (record != null) {
      RequestRecord next =
          record.toBuilder()
              .setReminders(record.getReminders() + 1)
              .setRemindedAtMs(tx.nowMillis())
              .build();
      if (name.side() == Side.OWED) {
        book.remind(tx, name, next);
      } else {
        book.put(tx, name, next);
      }
    }
  }

  /** The request that an answer or a reminder is about. */
  private static Name about(Side side, String agency, Label label) {
    return new Name(side, id(label.getInReplyTo()), agency);
  }

  private void answered(Transaction tx, Side side, String agency, Label label, Answer answer) {
    Name name = about(side, agency, label);
    RequestRecord record = book.read(tx, name);
    if (record == null) {
      return;
    }
    RequestRecord.Builder next =
        record.toBuilder().setAnswerId(label.getMessageId()).clearExpectedAtMs();
    if (answer.getResult() == AnswerResult.ANSWER_RESULT_LATER) {
      next.setExpectedAtMs(Math.max(0, millis(answer.getExpectedAt())));
    } else {
      boolean first = record.getAnsweredAtMs() == 0;
      next.setState(
          answer.getResult() == AnswerResult.ANSWER_RESULT_NOT_ALLOWED
              ? RequestState.REQUEST_STATE_DECLINED
              : RequestState.REQUEST_STATE_ANSWERED);
      if (first) {
        long now = tx.nowMillis();
        next.setAnsweredAtMs(now).setClosedAtMs(now);
        tx.afterCommit(() -> count(side, record, now));
      }
    }
    book.put(tx, name, next.build());
  }

  private void count(Side side, RequestRecord asked, long answeredAtMs) {
    if (!asked.getExercise()) {
      double seconds = Math.max(0, answeredAtMs - asked.getAskedAtMs()) / 1e3;
      meters.answered(side, new AgencyName(asked.getAgency()), seconds);
    }
  }

  private void close(Transaction tx, Name name, RequestState state) {
    RequestRecord record = book.read(tx, name);
    if (record != null && RequestTable.isOpen(record)) {
      book.put(tx, name, record.toBuilder().setState(state).setClosedAtMs(tx.nowMillis()).build());
    }
  }

  private static MessageId id(ByteString bytes) {
    return MessageId.of(bytes.toByteArray());
  }

  /** Checked timestamps lie in the years 1 to 9999; an absent one is 0. */
  private static long millis(Timestamp at) {
    return Timestamps.toMillis(at);
  }

  static Body body(Permitted message) {
    try {
      return Body.parseFrom(message.body());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a body that this gateway checked cannot be parsed", e);
    }
  }
}
