package org.entente.gateway.intake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.commit.LedgerFailure;
import org.entente.gateway.link.Timers;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.Plate;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When rounds of sealing begin, by a time that the test moves. */
class SealingQueueTest {
  private static final Duration APART = Duration.ofMillis(3);
  private static final AgencyName SELF = new AgencyName("fr.customs");

  private static final long MOST_BYTES = 40L << 20;

  private final Hand timers = new Hand();
  private final List<List<Submission>> rounds = new ArrayList<>();
  private final List<CompletableFuture<List<Outcome>>> commits = new ArrayList<>();
  private final SealingQueue queue = queue(Runnable::run);

  private SealingQueue queue(Executor sealer) {
    return queue(sealer, MOST_BYTES);
  }

  private SealingQueue queue(Executor sealer, long mostBytes) {
    return new SealingQueue(
        round -> {
          rounds.add(round);
          CompletableFuture<List<Outcome>> commit = new CompletableFuture<>();
          commits.add(commit);
          return commit;
        },
        /* most= */ 1_000,
        mostBytes,
        sealer,
        () -> false,
        timers,
        APART);
  }

  /** A lock that stayed held would stop every client of a gateway. */
  @AfterEach
  void freeForOtherThreads() {
    int waiting = CompletableFuture.supplyAsync(queue::waiting).orTimeout(10, SECONDS).join();
    assertEquals(queue.waiting(), waiting);
  }

  /** Time that stands until it is moved. */
  private static final class Hand implements Timers {
    private final List<Runnable> due = new ArrayList<>();
    private long now = -5;
    private Duration asked = Duration.ZERO;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      asked = delay;
      due.add(task);
    }

    void pass(Duration time) {
      now += time.toNanos();
      List<Runnable> ready = List.copyOf(due);
      due.clear();
      ready.forEach(Runnable::run);
    }
  }

  private Submission submission(Lane lane) {
    return submission(lane, Body.getDefaultInstance());
  }

  private Submission submission(Lane lane, Body body) {
    return submission(lane, body, "de.customs");
  }

  private static Submission submission(Lane lane, Body body, String... recipients) {
    MessageId id = MessageId.fresh(PolicyFixture.NOW.toEpochMilli(), new SecureRandom());
    return Submission.of(
        OutcomeKey.of("client", "key", new byte[32]),
        AuditActor.gateway(SELF),
        List.of(PermittedFixture.alert(id, SELF, lane, body, PolicyFixture.NOW, recipients)),
        List.of(),
        OnwardContent.NOTHING,
        Duration.ZERO,
        new CompletableFuture<>());
  }

  private void offer(Lane lane) {
    assertNull(queue.offer(submission(lane)));
  }

  private List<Integer> sizes() {
    return rounds.stream().map(List::size).toList();
  }

  private void committed() {
    List<CompletableFuture<List<Outcome>>> open = List.copyOf(commits);
    commits.clear();
    int first = rounds.size() - open.size();
    for (int i = 0; i < open.size(); i++) {
      List<Submission> round = rounds.get(first + i);
      open.get(i).complete(Collections.nCopies(round.size(), Outcome.getDefaultInstance()));
    }
  }

  @Test
  void place_ofASubmission_isFreeOnceItsOutcomeIsKnown() {
    Submission one = submission(Lane.ROUTINE);
    CompletableFuture<Integer> waiting = one.done().thenApply(outcome -> queue.waiting());
    assertNull(queue.offer(one));
    queue.start();
    committed();
    assertEquals(0, waiting.join());
  }

  @Test
  void failure_ofTheMachine_isThatOfEachSubmissionOfARound_andTheNextGoes() {
    Submission first = submission(Lane.PRIORITY);
    Submission second = submission(Lane.ROUTINE);
    assertNull(queue.offer(first));
    assertNull(queue.offer(second));
    queue.start();
    assertEquals(List.of(2), sizes());
    assertEquals(2, queue.waiting());
    commits.get(0).completeExceptionally(new LedgerFailure(Code.NOT_READY, "the disk", null));
    assertTrue(first.done().isCompletedExceptionally());
    assertTrue(second.done().isCompletedExceptionally());
    assertEquals(0, queue.waiting());
    timers.pass(APART);
    Submission third = submission(Lane.ROUTINE);
    assertNull(queue.offer(third));
    assertEquals(List.of(2, 1), sizes());
    committed();
    assertTrue(third.done().isDone());
  }

  /** Otherwise one client's draft would fail those of all others that wait with it. */
  @Test
  void round_thatFailsForOneOfItsSubmissions_isRepeatedInHalves_andOnlyThatOneFails() {
    List<Submission> offered = new ArrayList<>();
    for (Lane lane : List.of(Lane.ROUTINE, Lane.PRIORITY, Lane.ROUTINE)) {
      offered.add(submission(lane));
      assertNull(queue.offer(offered.get(offered.size() - 1)));
    }
    queue.start();
    commits.remove(0).completeExceptionally(new IllegalStateException("too large a change"));
    assertEquals(3, queue.waiting());
    offer(Lane.ROUTINE);
    for (int i = 0; i < 5; i++) {
      timers.pass(APART);
      if (rounds.get(rounds.size() - 1).contains(offered.get(0))) {
        commits.remove(0).completeExceptionally(new IllegalStateException("too large a change"));
      } else {
        committed();
      }
    }
    assertEquals(List.of(3, 1, 2, 1, 1, 1), sizes());
    assertEquals(offered.get(1), rounds.get(1).get(0), "the higher lane first");
    assertTrue(offered.get(0).done().isCompletedExceptionally());
    assertEquals(Outcome.getDefaultInstance(), offered.get(1).done().join());
    assertEquals(Outcome.getDefaultInstance(), offered.get(2).done().join());
    assertEquals(0, queue.waiting());
  }

  /** It is two rounds then, instead of as many as it has submissions. */
  @Test
  void round_thatIsTooLarge_isTwoRounds() {
    for (int i = 0; i < 8; i++) {
      offer(Lane.ROUTINE);
    }
    queue.start();
    commits.remove(0).completeExceptionally(new IllegalStateException("too large a change"));
    for (int i = 0; i < 2; i++) {
      timers.pass(APART);
      committed();
    }
    assertEquals(List.of(8, 4, 4), sizes());
    assertEquals(0, queue.waiting());
  }

  /** A plate is two terms, each a record that is several times its bytes. */
  @Test
  void subjects_countForTheirRound() {
    long mostOfAReplicatedLedger = 5 << 20;
    SealingQueue small = queue(Runnable::run, mostOfAReplicatedLedger);
    Alert.Builder alert = Alert.newBuilder();
    for (int i = 0; i < 256; i++) {
      alert.addSubjects(
          Subject.newBuilder().setPlate(Plate.newBuilder().setIssuer("DEB").setNumber("B" + i)));
    }
    Body body = Body.newBuilder().setAlert(alert).build();
    for (int i = 0; i < SealingQueue.ROUND; i++) {
      assertNull(small.offer(submission(Lane.ROUTINE, body)));
    }
    small.start();
    long put = 2L * 256 * 36 + body.getSerializedSize();
    assertTrue(sizes().get(0) * put < mostOfAReplicatedLedger / 5 * 2, sizes().toString());
    assertTrue(sizes().get(0) > 32, sizes().toString());
  }

  /** Each recipient has its queues, its part of the outcome, and what is awaited of it. */
  @Test
  void recipients_countForTheirRound() {
    long mostOfAReplicatedLedger = 5 << 20;
    SealingQueue small = queue(Runnable::run, mostOfAReplicatedLedger);
    String[] names =
        IntStream.range(0, 26).mapToObj(i -> "de.c" + (char) ('a' + i)).toArray(String[]::new);
    for (int i = 0; i < SealingQueue.ROUND; i++) {
      assertNull(small.offer(submission(Lane.ROUTINE, Body.getDefaultInstance(), names)));
    }
    small.start();
    assertTrue(500L * sizes().get(0) * names.length < mostOfAReplicatedLedger / 5 * 2);
    assertTrue(sizes().get(0) > 64, sizes().toString());
  }

  /** 43 KB each, of which the draft is less than one. */
  @Test
  void leavesOfWhatIsPassedOn_countForTheirRound() {
    long mostOfAReplicatedLedger = 5 << 20;
    SealingQueue small = queue(Runnable::run, mostOfAReplicatedLedger);
    String reason = "\u8b66".repeat(500);
    for (int i = 0; i < SealingQueue.ROUND; i++) {
      assertNull(small.offer(passingOn(16, reason)));
    }
    small.start();
    int together = sizes().get(0);
    assertTrue(together > 16, sizes().toString());
    long reasons = together * 16L * reason.getBytes(UTF_8).length;
    assertTrue(reasons < mostOfAReplicatedLedger / 5 * 2, sizes().toString());
  }

  private static Submission passingOn(int sources, String reason) {
    MessageId id = MessageId.fresh(PolicyFixture.NOW.toEpochMilli(), new SecureRandom());
    OnBehalfOf person =
        OnBehalfOf.newBuilder().setOfficer("an officer").setJustification(reason).build();
    return Submission.of(
        OutcomeKey.of("client", "key", new byte[32]),
        AuditActor.client(SELF, new NodeName("desk"), person),
        List.of(
            PermittedFixture.alert(
                id,
                SELF,
                Lane.ROUTINE,
                Body.getDefaultInstance(),
                PolicyFixture.NOW,
                "de.customs")),
        List.of(),
        new OnwardContent(
            Collections.nCopies(sources, new OnwardContent.SourceMessage(id, SELF)), List.of()),
        Duration.ZERO,
        new CompletableFuture<>());
  }

  /** A defect in one round does not end sealing. */
  @Test
  void round_thatCannotBeSealed_failsAlone() {
    assertFailsAlone(
        () -> {
          throw new IllegalStateException("a defect");
        });
    assertFailsAlone(
        () -> {
          throw new StackOverflowError();
        });
  }

  private void assertFailsAlone(Runnable sealing) {
    SealingQueue failing =
        new SealingQueue(
            round -> {
              sealing.run();
              return CompletableFuture.completedFuture(
                  Collections.nCopies(round.size(), Outcome.getDefaultInstance()));
            },
            /* most= */ 10,
            MOST_BYTES,
            Runnable::run,
            () -> true,
            timers,
            APART);
    failing.start();
    for (int i = 0; i < 3; i++) {
      Submission one = submission(Lane.FLASH);
      assertNull(failing.offer(one));
      assertTrue(one.done().isCompletedExceptionally());
      assertEquals(0, failing.waiting());
    }
  }

  /** While space is scarce rounds are small. */
  @Test
  void round_whileSpaceIsScarce_isSmall() {
    List<Integer> small = new ArrayList<>();
    SealingQueue scarce =
        new SealingQueue(
            round -> {
              small.add(round.size());
              return new CompletableFuture<>();
            },
            /* most= */ 1_000,
            MOST_BYTES,
            Runnable::run,
            () -> true,
            timers,
            APART);
    for (int i = 0; i < SealingQueue.SCARCE_ROUND + 1; i++) {
      assertNull(scarce.offer(submission(Lane.ROUTINE)));
    }
    scarce.start();
    timers.pass(APART);
    assertEquals(List.of(SealingQueue.SCARCE_ROUND, 1), small);
  }

  @Test
  void loneMessage_isSealedAtOnce_andOnesThatFollowCloselyTogether() {
    queue.start();
    offer(Lane.ROUTINE);
    assertEquals(List.of(1), sizes());
    committed();
    timers.pass(Duration.ofMillis(1));
    offer(Lane.ROUTINE);
    offer(Lane.PRIORITY);
    assertEquals(List.of(1), sizes());
    assertEquals(Duration.ofMillis(2), timers.asked);
    assertEquals(1, timers.due.size());
    timers.pass(Duration.ofMillis(2));
    assertEquals(List.of(1, 2), sizes());
    assertEquals(Lane.PRIORITY, rounds.get(1).get(0).lane());
    committed();
    timers.pass(APART);
    offer(Lane.ROUTINE);
    assertEquals(List.of(1, 2, 1), sizes());
  }

  /** They leave half of the time to others, however soon they are over. */
  @Test
  void fewMessages_doNotWaitForLong_whereRoundsAreQuick() {
    Duration quick = Duration.ofNanos(500_000);
    beginWithRoundsThatTake(quick);
    offer(Lane.ROUTINE);
    offer(Lane.ROUTINE);
    assertEquals(1, rounds.size());
    assertEquals(APART, timers.asked, "while a round is on its way");
    timers.pass(quick);
    committed();
    assertEquals(quick, timers.asked);
    timers.pass(quick);
    assertEquals(List.of(1, 1), sizes());
    timers.pass(Duration.ofMillis(2));
    committed();
    offer(Lane.ROUTINE);
    assertEquals(List.of(1, 1), sizes(), "once a round took long");
    assertEquals(Duration.ofMillis(1), timers.asked);
    timers.pass(Duration.ofMillis(1));
    assertEquals(List.of(1, 1, 1), sizes());
  }

  @Test
  void manyMessages_shareARound_evenWhereRoundsAreQuick() {
    Duration quick = Duration.ofNanos(500_000);
    beginWithRoundsThatTake(quick);
    offer(Lane.ROUTINE);
    timers.pass(quick);
    committed();
    for (int i = 0; i <= SealingQueue.FEW; i++) {
      offer(Lane.ROUTINE);
    }
    timers.pass(quick);
    assertEquals(List.of(1), sizes());
    timers.pass(Duration.ofMillis(2));
    assertEquals(List.of(1, SealingQueue.FEW + 1), sizes());
  }

  /** Long enough that the first guess has faded. */
  private void beginWithRoundsThatTake(Duration time) {
    queue.start();
    for (int i = 0; i < 20; i++) {
      round(time);
      timers.pass(APART);
    }
    rounds.clear();
  }

  private void round(Duration took) {
    offer(Lane.ROUTINE);
    timers.pass(took);
    committed();
  }

  @Test
  void flash_waitsForNoRound_andTakesAlongWhatWaits() {
    queue.start();
    offer(Lane.ROUTINE);
    committed();
    offer(Lane.ROUTINE);
    offer(Lane.FLASH);
    assertEquals(List.of(1, 2), sizes());
    committed();
    timers.pass(APART);
    assertEquals(List.of(1, 2), sizes(), "nothing is left for the timer");
  }

  @Test
  void fullRound_waitsForNoTime() {
    queue.start();
    offer(Lane.ROUTINE);
    committed();
    for (int i = 0; i < SealingQueue.ROUND; i++) {
      offer(Lane.ROUTINE);
    }
    assertEquals(List.of(1, SealingQueue.ROUND), sizes());
  }

  private static Body body(int mebibytes) {
    AlertText text = AlertText.newBuilder().setHeadline("x".repeat(mebibytes << 20)).build();
    return Body.newBuilder().setAlert(Alert.newBuilder().addTexts(text)).build();
  }

  /** The ledger would not take it, however often it is sent. */
  @Test
  void submission_thatIsMoreThanAChangeOfTheLedger_isRefused() {
    Problem problem = requireNonNull(queue.offer(submission(Lane.ROUTINE, body(37))));
    assertEquals(Code.TOO_LARGE, problem.code());
    assertEquals(0, queue.waiting());
    assertNull(queue.offer(submission(Lane.ROUTINE, body(34))));
  }

  /** A round is one change of the ledger, and many large drafts would be more than it takes. */
  @Test
  void round_ofManyBytes_isSmall_andTheRestFollows() {
    Body large = body(7);
    Body tooLarge = body(17);
    for (Body body : List.of(large, large, large, tooLarge, large)) {
      assertNull(queue.offer(submission(Lane.ROUTINE, body)));
    }
    queue.start();
    for (int i = 0; i < 4; i++) {
      committed();
      timers.pass(APART);
    }
    assertEquals(List.of(2, 1, 1, 1), sizes());
  }

  @Test
  void whileFlashIsAbout_roundsAreSmallAndOneAtATime_andNotForEver() {
    offer(Lane.FLASH);
    for (int i = 0; i < 2 * SealingQueue.ROUND; i++) {
      offer(Lane.ROUTINE);
    }
    queue.start();
    assertEquals(List.of(SealingQueue.FLASH_ROUND), sizes());
    timers.pass(SealingQueue.FLASH_IS_ABOUT);
    committed();
    int left = 2 * SealingQueue.ROUND + 1 - SealingQueue.FLASH_ROUND - SealingQueue.ROUND;
    assertEquals(List.of(SealingQueue.FLASH_ROUND, SealingQueue.ROUND), sizes().subList(0, 2));
    committed();
    timers.pass(APART);
    assertEquals(List.of(SealingQueue.FLASH_ROUND, SealingQueue.ROUND, left), sizes());
  }

  @Test
  void whileFlashIsAbout_bulkRestsThriceAsLongAsItsRoundTook_andFlashGoesAloneMeanwhile() {
    queue.start();
    offer(Lane.FLASH);
    committed();
    timers.pass(APART);
    offer(Lane.ROUTINE);
    assertEquals(List.of(1, 1), sizes());
    timers.pass(Duration.ofMillis(4));
    committed();
    offer(Lane.IMMEDIATE);
    timers.pass(Duration.ofMillis(5));
    assertEquals(List.of(1, 1), sizes());
    offer(Lane.FLASH);
    assertEquals(List.of(1, 1, 1), sizes());
    assertEquals(Lane.FLASH, rounds.get(2).get(0).lane());
    timers.pass(Duration.ofMillis(6));
    assertEquals(List.of(1, 1, 1), sizes());
    timers.pass(Duration.ofMillis(1));
    assertEquals(List.of(1, 1, 1, 1), sizes(), "whether the FLASH is committed or not");
    assertEquals(Lane.IMMEDIATE, rounds.get(3).get(0).lane());
  }

  @Test
  void whileFlashIsAbout_aFullRoundOfBulkRestsToo_butNeverLongerThanItsBound() {
    queue.start();
    offer(Lane.FLASH);
    committed();
    timers.pass(APART);
    offer(Lane.ROUTINE);
    for (int i = 0; i < SealingQueue.ROUND; i++) {
      offer(Lane.ROUTINE);
    }
    timers.pass(Duration.ofSeconds(1));
    committed();
    timers.pass(SealingQueue.LONGEST_REST.minusNanos(1));
    assertEquals(List.of(1, 1), sizes());
    timers.pass(Duration.ofNanos(1));
    assertEquals(List.of(1, 1, SealingQueue.FLASH_ROUND), sizes());
  }

  @Test
  void turnOfBulk_thatWasAskedForWhileFlashWasAbout_findsItAfterwards() {
    Deque<Runnable> turns = new ArrayDeque<>();
    SealingQueue slow = queue(turns::add);
    slow.start();
    for (int i = 0; i < 2; i++) {
      assertNull(slow.offer(submission(Lane.FLASH)));
      turns.remove().run();
    }
    assertNull(slow.offer(submission(Lane.ROUTINE)));
    timers.pass(APART);
    timers.pass(SealingQueue.FLASH_IS_ABOUT);
    turns.remove().run();
    assertEquals(List.of(1, 1, 1), sizes());
    assertEquals(Lane.ROUTINE, rounds.get(2).get(0).lane());
  }

  @Test
  void closing_waitsForNoRest() {
    queue.start();
    offer(Lane.FLASH);
    committed();
    timers.pass(APART);
    offer(Lane.ROUTINE);
    timers.pass(Duration.ofMillis(4));
    committed();
    offer(Lane.ROUTINE);
    assertEquals(List.of(1, 1), sizes());
    queue.close();
    assertEquals(List.of(1, 1, 1), sizes());
  }

  @Test
  void twoRoundsOnTheirWay_holdBackAllButFlash() {
    queue.start();
    offer(Lane.ROUTINE);
    timers.pass(APART);
    offer(Lane.ROUTINE);
    timers.pass(APART);
    offer(Lane.ROUTINE);
    timers.pass(APART);
    assertEquals(List.of(1, 1), sizes());
    offer(Lane.FLASH);
    assertEquals(List.of(1, 1, 1), sizes());
    assertEquals(Lane.FLASH, rounds.get(2).get(0).lane());
    committed();
    timers.pass(SealingQueue.LONGEST_REST);
    assertEquals(List.of(1, 1, 1, 1), sizes());
  }

  @Test
  void beyondItsLimit_isRefusedAtOnce_andALaneAboveStillHasRoom() {
    int taken = 0;
    Problem refused = null;
    while (refused == null && taken <= 1_000) {
      refused = queue.offer(submission(Lane.ROUTINE));
      taken += refused == null ? 1 : 0;
    }
    assertEquals(Lane.ROUTINE.share(1_000), taken);
    assertEquals(Code.OVERLOADED, Objects.requireNonNull(refused).code());
    offer(Lane.FLASH);
    assertEquals(taken + 1, queue.waiting());
  }

  @Test
  void closing_sealsWhatWaits_whateverTheTime() {
    queue.start();
    offer(Lane.ROUTINE);
    committed();
    offer(Lane.ROUTINE);
    assertEquals(List.of(1), sizes());
    queue.close();
    assertEquals(List.of(1, 1), sizes());
    assertEquals(
        Code.NOT_READY, Objects.requireNonNull(queue.offer(submission(Lane.FLASH))).code());
    assertTrue(timers.due.size() <= 1);
    timers.pass(APART);
    assertEquals(List.of(1, 1), sizes());
  }

  @Test
  void loneSubmission_isSealedByTheThreadThatBringsIt_othersByTheSealer() {
    Deque<Runnable> turns = new ArrayDeque<>();
    SealingQueue direct = queue(turns::add);
    direct.start();
    bring(direct, Lane.ROUTINE);
    assertEquals(List.of(1), sizes());
    timers.pass(APART);
    bring(direct, Lane.ROUTINE);
    assertEquals(List.of(1), sizes());
    turns.remove().run();
    committed();
    timers.pass(APART);
    bring(direct, Lane.ROUTINE, Lane.ROUTINE, Lane.ROUTINE);
    assertEquals(List.of(1, 1), sizes());
    turns.remove().run();
    assertEquals(List.of(1, 1, 3), sizes());
    committed();
    bring(direct, Lane.ROUTINE);
    assertEquals(List.of(1, 1, 3), sizes());
    timers.pass(APART);
    turns.remove().run();
    assertEquals(List.of(1, 1, 3, 1), sizes());
    assertEquals(0, turns.size());
  }

  @Test
  void submissionsTogether_ofWhichNotAllHaveRoom_areRefusedOneByOne() {
    queue.start();
    List<Submission> together = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      together.add(submission(Lane.ROUTINE));
    }
    List<Code> refused = new ArrayList<>();
    queue.offer(together, (one, why) -> refused.add(why.code()));
    assertEquals(Collections.nCopies(1_000 / 8, Code.OVERLOADED), refused);
    assertEquals(1_000 - 1_000 / 8, queue.waiting());
  }

  private void bring(SealingQueue to, Lane... lanes) {
    to.offer(
        Arrays.stream(lanes).map(this::submission).toList(),
        (one, why) -> fail("refused: " + why.message()));
  }
}
