package org.entente.gateway.feature.request;

import static org.entente.gateway.testkit.Agencies.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.feature.request.RequestTable.Name;
import org.entente.gateway.feature.request.RequestTable.Side;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Recall;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Wanted;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What is written of requests and answers, and what time does to it, over a ledger. */
class ResponseDeadlinesTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final Duration TWO_DAYS = Duration.ofDays(2);
  private static final int MOST_OPEN = 100;
  private static final byte[] CLIENT = {1};

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final SettableClock clock = new SettableClock(NOW);
  private final Meters meters = new Meters();
  @AutoClose private Ledger ledger = QuietLedger.started(new MemoryStore(disk), clock);

  private ResponseDeadlines clocks() {
    return new ResponseDeadlines(RequestTable.of(ledger), meters, MOST_OPEN);
  }

  private MessageId fresh() {
    return MessageId.fresh(clock.instant().toEpochMilli(), new SecureRandom());
  }

  private void send(MessageId id, Label.Builder label, Body body, String... recipients) {
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          clocks()
              .sent(
                  tx,
                  CLIENT,
                  PermittedFixture.permitted(
                      id,
                      FR,
                      Lane.ROUTINE,
                      RequestSamples.complete(label).build(),
                      body,
                      clock.instant(),
                      "test",
                      30,
                      recipients));
          return id;
        });
  }

  private MessageId ask(String... recipients) {
    MessageId id = fresh();
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, clock.instant().plus(TWO_DAYS));
    send(id, RequestSamples.asks(), body, recipients);
    return id;
  }

  private static Label label(MessageId id, Label.Builder label) {
    return RequestSamples.complete(label).setMessageId(ByteString.copyFrom(id.bytes())).build();
  }

  private Optional<Problem> arrives(String from, MessageId id, Label.Builder label, Body body) {
    Label complete = label(id, label);
    AgencyName origin = new AgencyName(from);
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          Optional<Problem> refusal = clocks().refusal(tx, origin, complete, body);
          if (refusal.isEmpty()) {
            clocks().received(tx, origin, complete, body);
          }
          return refusal;
        });
  }

  private Optional<Problem> answers(String from, MessageId request, AnswerResult result) {
    return arrives(from, fresh(), RequestSamples.answers(request), RequestSamples.answer(result));
  }

  private RequestRecord asked(MessageId id, String agency) {
    return Objects.requireNonNull(
        RequestTable.of(ledger).read(new Name(Side.ASKED, id, agency)), agency);
  }

  private RequestRecord owed(MessageId id, String agency) {
    return Objects.requireNonNull(
        RequestTable.of(ledger).read(new Name(Side.OWED, id, agency)), agency);
  }

  private String figures() {
    return RequestTable.of(ledger).count(Side.ASKED, DE)
        + " "
        + RequestTable.of(ledger).count(Side.OWED, DE);
  }

  private static String figures(int open, int overdue, int owedOpen, int owedOverdue) {
    return new RequestTable.Count(open, overdue)
        + " "
        + new RequestTable.Count(owedOpen, owedOverdue);
  }

  private double seconds(String side, String agency) {
    String name =
        "entente_request_answer_seconds_sum{side=\"" + side + "\",agency=\"" + agency + "\",} ";
    return meters
        .text()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  /** Damage that no checksum shows. */
  @Test
  void recordThatCannotBeRead_stopsNeitherTheStartNorOtherDeadlines() {
    MessageId damaged = ask(DE);
    MessageId other = ask(SG);
    byte[] key = KeyBuilder.key().u8(1).u8(1).bytes(damaged.bytes()).ascii(DE).done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          assertNotNull(tx.get(Table.REQUEST, key));
          tx.put(Table.REQUEST, key, new byte[] {-1});
          return key;
        });
    ledger.close();
    ledger = QuietLedger.started(new MemoryStore(disk), clock);
    assertEquals(1, RequestTable.of(ledger).count(Side.ASKED, SG).open());
    assertEquals(1, ledger.unreadable().count(Table.REQUEST));
    clock.move(TWO_DAYS.plusSeconds(1));
    overdue().round();
    assertTrue(asked(other, SG).getOverdue());
  }

  @Test
  void answer_endsTheClockOfTheAgencyThatGaveIt_andOfNoOther() {
    MessageId request = ask(DE, SG);
    clock.move(Duration.ofHours(1));
    assertEquals(Optional.empty(), answers(DE, request, AnswerResult.ANSWER_RESULT_NO_HIT));
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, asked(request, DE).getState());
    assertEquals(clock.instant().toEpochMilli(), asked(request, DE).getAnsweredAtMs());
    assertEquals(3600.0, seconds("asked", DE));
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, SG).getState());
    assertEquals(0.0, seconds("asked", SG));
    assertEquals(new RequestTable.Count(0, 0), RequestTable.of(ledger).count(Side.ASKED, DE));
    assertEquals(new RequestTable.Count(1, 0), RequestTable.of(ledger).count(Side.ASKED, SG));
  }

  @Test
  void answer_thatSaysLater_letsTheClockGoOn() {
    MessageId request = ask(DE);
    Body later = RequestSamples.answer(AnswerResult.ANSWER_RESULT_LATER);
    Instant expected = NOW.plus(Duration.ofDays(5));
    Body dated =
        later.toBuilder()
            .setAnswer(
                later.getAnswer().toBuilder()
                    .setExpectedAt(Timestamps.fromMillis(expected.toEpochMilli())))
            .build();
    assertEquals(Optional.empty(), arrives(DE, fresh(), RequestSamples.answers(request), dated));
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, DE).getState());
    assertEquals(expected.toEpochMilli(), asked(request, DE).getExpectedAtMs());
    assertEquals(0, asked(request, DE).getAnsweredAtMs());
    assertEquals(Optional.empty(), answers(DE, request, AnswerResult.ANSWER_RESULT_NOT_ALLOWED));
    assertEquals(RequestState.REQUEST_STATE_DECLINED, asked(request, DE).getState());
    assertEquals(0, asked(request, DE).getExpectedAtMs());
  }

  @Test
  void answer_ofAnAgencyThatWasNotAsked_orToNoRequest_isRefused_andChangesNothing() {
    MessageId request = ask(DE);
    RequestRecord before = asked(request, DE);
    Optional<Problem> stranger = answers(SG, request, AnswerResult.ANSWER_RESULT_HIT);
    assertEquals(Code.NOT_ASKED, stranger.orElseThrow().code());
    Optional<Problem> nothing = answers(DE, fresh(), AnswerResult.ANSWER_RESULT_HIT);
    assertEquals(Code.NOT_ASKED, nothing.orElseThrow().code());
    assertEquals(before, asked(request, DE));
  }

  @Test
  void secondAnswer_isRefused_unlessItSaysThatItCorrects_andTheFirstTimeCounts() {
    MessageId request = ask(DE);
    clock.move(Duration.ofMinutes(1));
    answers(DE, request, AnswerResult.ANSWER_RESULT_NO_HIT);
    RequestRecord first = asked(request, DE);
    Optional<Problem> second = answers(DE, request, AnswerResult.ANSWER_RESULT_HIT);
    assertEquals(Code.ALREADY_ANSWERED, second.orElseThrow().code());
    assertEquals(first, asked(request, DE));
    clock.move(Duration.ofMinutes(1));
    MessageId correction = fresh();
    Label.Builder update =
        RequestSamples.answers(request).setMessageType(MessageType.MESSAGE_TYPE_UPDATE);
    Body hit = RequestSamples.answer(AnswerResult.ANSWER_RESULT_HIT);
    assertEquals(Optional.empty(), arrives(DE, correction, update, hit));
    assertEquals(first.getAnsweredAtMs(), asked(request, DE).getAnsweredAtMs());
    assertEquals(ByteString.copyFrom(correction.bytes()), asked(request, DE).getAnswerId());
    assertEquals(60.0, seconds("asked", DE));
  }

  @Test
  void details_whereItWasAskedWhetherAnythingIsKnown_areRefused() {
    MessageId request = ask(DE);
    Optional<Problem> told =
        arrives(DE, fresh(), RequestSamples.answers(request), RequestSamples.details());
    assertEquals(Code.LABEL_BODY_MISMATCH, told.orElseThrow().code());
    Body inWords = RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT);
    Body words =
        inWords.toBuilder()
            .setAnswer(inWords.getAnswer().toBuilder().setText("but Doe is").setLanguage("en"))
            .build();
    assertTrue(arrives(DE, fresh(), RequestSamples.answers(request), words).isPresent());
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, DE).getState());
  }

  @Test
  void answer_ofAnExerciseToARealRequest_isRefused() {
    MessageId request = ask(DE);
    Label.Builder exercise = RequestSamples.answers(request).setStatus(Status.STATUS_EXERCISE);
    Body hit = RequestSamples.answer(AnswerResult.ANSWER_RESULT_HIT);
    assertEquals("label.status", arrives(DE, fresh(), exercise, hit).orElseThrow().field());
  }

  @Test
  void requestThatComes_isOwed_untilThisAgencyAnswers() {
    MessageId request = fresh();
    Body body = RequestSamples.request(Wanted.WANTED_DETAILS, NOW.plus(TWO_DAYS));
    arrives(DE, request, RequestSamples.asks(), body);
    assertTrue(owed(request, DE).getDetails());
    assertEquals(figures(0, 0, 1, 0), figures());
    clock.move(Duration.ofHours(2));
    send(fresh(), RequestSamples.answers(request), RequestSamples.details(), DE);
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, owed(request, DE).getState());
    assertEquals(7200.0, seconds("owed", DE));
    assertEquals(figures(0, 0, 0, 0), figures());
  }

  /** Nobody waits for what was taken back, on either side. */
  @Test
  void recall_endsTheClocksOfItsTarget_andOfNoOther() {
    MessageId mine = ask(DE);
    MessageId other = ask(DE);
    MessageId theirs = fresh();
    Body body = RequestSamples.request(Wanted.WANTED_DETAILS, NOW.plus(TWO_DAYS));
    arrives(DE, theirs, RequestSamples.asks(), body);
    Label.Builder recall = Label.newBuilder().setKind(Kind.KIND_RECALL);
    send(fresh(), recall, recall(mine), DE);
    arrives(SG, fresh(), recall, recall(theirs));
    assertEquals(RequestState.REQUEST_STATE_OPEN, owed(theirs, DE).getState());
    arrives(DE, fresh(), recall, recall(theirs));
    assertEquals(RequestState.REQUEST_STATE_WITHDRAWN, asked(mine, DE).getState());
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(other, DE).getState());
    assertEquals(RequestState.REQUEST_STATE_WITHDRAWN, owed(theirs, DE).getState());
    assertEquals(
        Code.NOT_ASKED, answers(DE, mine, AnswerResult.ANSWER_RESULT_HIT).orElseThrow().code());
  }

  private static Body recall(MessageId target) {
    return Body.newBuilder()
        .setRecall(
            Recall.newBuilder().setMessageId(ByteString.copyFrom(target.bytes())).setReason("r"))
        .build();
  }

  @Test
  void request_thatARecipientRefused_isNotWaitedFor() {
    MessageId request = ask(DE, SG);
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          clocks().refused(tx, request, DE);
          return request;
        });
    assertEquals(RequestState.REQUEST_STATE_REFUSED, asked(request, DE).getState());
    assertEquals(RequestState.REQUEST_STATE_OPEN, asked(request, SG).getState());
  }

  @Test
  void timeThatPasses_makesItOverdue_thenLapsed_thenForgotten_alsoOverRestarts() {
    MessageId request = ask(DE);
    RequestDeadlineSweep overdue = overdue();
    assertEquals(0, overdue.round());
    clock.move(TWO_DAYS.minusMillis(1));
    assertEquals(0, overdue.round());
    clock.move(Duration.ofMillis(1));
    assertEquals(1, overdue.round());
    assertEquals(figures(1, 1, 0, 0), figures());
    assertEquals(0, overdue.round(), "once");
    restart();
    assertEquals(figures(1, 1, 0, 0), figures());
    clock.move(RequestTable.LISTED);
    assertEquals(1, overdue().round());
    assertEquals(RequestState.REQUEST_STATE_LAPSED, asked(request, DE).getState());
    assertEquals(figures(0, 0, 0, 0), figures());
    clock.move(RequestTable.KEPT);
    assertEquals(1, overdue().round());
    assertNull(RequestTable.of(ledger).read(new Name(Side.ASKED, request, DE)));
    assertEquals(List.of(), RequestTable.of(ledger).due(Long.MAX_VALUE - 1, 10));
    assertEquals(List.of(), RequestTable.of(ledger).names(Side.ASKED, false, null, 10));
  }

  private RequestDeadlineSweep overdue() {
    return new RequestDeadlineSweep(
        FR, ledger, new ReminderSchedule(List.of(50, 90)), meters, clock);
  }

  /** What another agency asked for two days from now. */
  private MessageId owedForTwoDays() {
    MessageId request = fresh();
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(TWO_DAYS));
    arrives(DE, request, RequestSamples.asks(), body);
    overdue().round();
    return request;
  }

  /** Whoever owes an answer is reminded once for each part of the time, also after a restart. */
  @Test
  void timeThatIsNearlyOver_reminds_onceForEachPart_alsoOverRestarts() {
    MessageId request = owedForTwoDays();
    assertEquals(0, owed(request, DE).getNoticedPercent());
    clock.move(TWO_DAYS.dividedBy(2).minusMillis(1));
    assertEquals(0, overdue().round());
    clock.move(Duration.ofMillis(1));
    assertEquals(1, overdue().round());
    assertEquals(50, owed(request, DE).getNoticedPercent());
    assertEquals(clock.millis(), owed(request, DE).getNoticedAtMs());
    restart();
    assertEquals(0, overdue().round(), "once");
    clock.move(TWO_DAYS.multipliedBy(4).dividedBy(10));
    assertEquals(1, overdue().round());
    assertEquals(90, owed(request, DE).getNoticedPercent());
    clock.move(TWO_DAYS.dividedBy(10));
    assertEquals(1, overdue().round());
    assertEquals(100, owed(request, DE).getNoticedPercent());
    assertTrue(owed(request, DE).getOverdue());
    assertEquals(0, overdue().round());
  }

  /** A gateway that stood still for long says what holds now, and not all that it missed. */
  @Test
  void partsThatPassedTogether_areOneReminder() {
    MessageId request = owedForTwoDays();
    clock.move(TWO_DAYS.multipliedBy(95).dividedBy(100));
    restart();
    assertEquals(1, overdue().round());
    assertEquals(90, owed(request, DE).getNoticedPercent());
    assertEquals(0, overdue().round());
  }

  @Test
  void answeredRequest_remindsNobody() {
    List<Name> told = new ArrayList<>();
    MessageId request = owedForTwoDays();
    RequestTable.of(ledger).listen(told::add);
    clock.move(TWO_DAYS.dividedBy(2));
    overdue().round();
    assertEquals(List.of(new Name(Side.OWED, request, DE)), told);
    send(
        fresh(),
        RequestSamples.answers(request),
        RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT),
        DE);
    clock.move(TWO_DAYS);
    overdue().round();
    assertEquals(1, told.size());
    assertEquals(50, owed(request, DE).getNoticedPercent());
  }

  private void restart() {
    ledger.close();
    ledger = QuietLedger.started(new MemoryStore(disk), clock);
  }

  @Test
  void lateAnswer_isTaken_andStaysOverdue_andTheRecordGoesInTheEnd() {
    MessageId request = ask(DE);
    clock.move(Duration.ofDays(40));
    RequestDeadlineSweep overdue = overdue();
    assertEquals(2, overdue.round() + overdue.round(), "overdue and lapsed");
    assertEquals(Optional.empty(), answers(DE, request, AnswerResult.ANSWER_RESULT_HIT));
    assertEquals(RequestState.REQUEST_STATE_ANSWERED, asked(request, DE).getState());
    assertTrue(asked(request, DE).getOverdue());
    clock.move(RequestTable.KEPT);
    assertEquals(1, overdue.round());
    assertNull(RequestTable.of(ledger).read(new Name(Side.ASKED, request, DE)));
  }

  /** Figures are for work, not for training. */
  @Test
  void exercise_isListedAndNotCounted() {
    MessageId request = fresh();
    Body body = RequestSamples.request(Wanted.WANTED_DETAILS, NOW.plus(TWO_DAYS));
    arrives(DE, request, RequestSamples.asks().setStatus(Status.STATUS_EXERCISE), body);
    assertTrue(owed(request, DE).getExercise());
    assertEquals(figures(0, 0, 0, 0), figures());
  }

  /** A peer cannot have an entry kept for a thousand years, or for a time that there is not. */
  @Test
  void answerBy_ofAHostileMember_isBounded() {
    MessageId far = fresh();
    Body body =
        RequestSamples.request(Wanted.WANTED_DETAILS, Instant.parse("9999-12-31T23:59:59Z"));
    arrives(DE, far, RequestSamples.asks(), body);
    assertEquals(NOW.plus(Duration.ofDays(366)).toEpochMilli(), owed(far, DE).getAnswerByMs());
    MessageId past = fresh();
    body = RequestSamples.request(Wanted.WANTED_DETAILS, Instant.parse("0001-01-01T00:00:00Z"));
    arrives(DE, past, RequestSamples.asks(), body);
    assertEquals(0, owed(past, DE).getAnswerByMs());
    overdue().round();
    overdue().round();
    assertTrue(owed(past, DE).getOverdue());
    assertFalse(owed(far, DE).getOverdue());
  }

  /** Attack: each open request was a record for a year, which every start read. */
  @Test
  void openRequests_ofOneAgency_areBounded_andThoseOfOthersAreNot() {
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(TWO_DAYS));
    AgencyName origin = new AgencyName(DE);
    MessageId first = fresh();
    assertEquals(Optional.empty(), arrives(DE, first, RequestSamples.asks(), body));
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          for (int i = 1; i < MOST_OPEN; i++) {
            clocks().received(tx, origin, label(fresh(), RequestSamples.asks()), body);
          }
          return first;
        });
    for (int start = 0; start < 2; start++) {
      Problem beyond = arrives(DE, fresh(), RequestSamples.asks(), body).orElseThrow();
      assertEquals(Code.LIMIT_REACHED, beyond.code());
      assertEquals(Optional.empty(), arrives(DE, first, RequestSamples.asks(), body), "it is here");
      assertEquals(Optional.empty(), arrives(SG, fresh(), RequestSamples.asks(), body));
      ledger.close();
      ledger = QuietLedger.started(new MemoryStore(disk), clock);
    }
    Body answer = RequestSamples.answer(AnswerResult.ANSWER_RESULT_NO_HIT);
    send(fresh(), RequestSamples.answers(first), answer, DE);
    assertEquals(Optional.empty(), arrives(DE, fresh(), RequestSamples.asks(), body));
    assertTrue(arrives(DE, fresh(), RequestSamples.asks(), body).isPresent());
  }

  /** A training day must not keep an agency from asking in earnest, nor be without a bound. */
  @Test
  void openExercises_haveABoundOfTheirOwn() {
    Body body = RequestSamples.request(Wanted.WANTED_HIT_NO_HIT, NOW.plus(TWO_DAYS));
    for (int i = 0; i < MOST_OPEN; i++) {
      assertEquals(Optional.empty(), arrives(DE, fresh(), training(), body));
    }
    assertEquals(Code.LIMIT_REACHED, arrives(DE, fresh(), training(), body).orElseThrow().code());
    assertEquals(Optional.empty(), arrives(DE, fresh(), RequestSamples.asks(), body));
  }

  private static Label.Builder training() {
    return RequestSamples.asks().setStatus(Status.STATUS_EXERCISE);
  }

  @Test
  void pages_goOnBehindTheLastName_inTheOrderOfAsking() {
    MessageId one = ask(DE, SG);
    clock.move(Duration.ofSeconds(1));
    MessageId two = ask(SG);
    answers(SG, one, AnswerResult.ANSWER_RESULT_HIT);
    RequestTable book = RequestTable.of(ledger);
    List<Name> all = book.names(Side.ASKED, false, null, 10);
    assertEquals(
        List.of(
            new Name(Side.ASKED, one, SG),
            new Name(Side.ASKED, one, DE),
            new Name(Side.ASKED, two, SG)),
        all);
    assertEquals(all.subList(1, 3), book.names(Side.ASKED, false, all.get(0), 10));
    assertEquals(List.of(all.get(1), all.get(2)), book.names(Side.ASKED, true, null, 10));
    assertEquals(List.of(), book.names(Side.OWED, false, null, 10));
  }
}
