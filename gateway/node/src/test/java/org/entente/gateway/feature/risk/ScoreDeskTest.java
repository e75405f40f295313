package org.entente.gateway.feature.risk;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.feature.risk.RiskNode.DESK;
import static org.entente.gateway.feature.risk.RiskNode.ENGINE;
import static org.entente.gateway.feature.risk.RiskNode.OFFICE;
import static org.entente.gateway.feature.risk.RiskNode.OTHER;
import static org.entente.gateway.feature.risk.RiskNode.PERSON;
import static org.entente.gateway.feature.risk.RiskNode.ask;
import static org.entente.gateway.feature.risk.RiskNode.done;
import static org.entente.gateway.feature.risk.RiskNode.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.retention.BucketSweep;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FollowScoresRequest;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.RiskIndicator;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreTerms;
import org.entente.proto.v1.ShowScoresResponse;
import org.entente.proto.v1.Status;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreDeskTest {
  @TempDir private Path folder;
  @AutoClose private RiskNode node;

  @BeforeEach
  void start() throws IOException {
    node = new RiskNode(folder);
  }

  private static Problem refused(Result<?> answer) {
    return Results.problem(answer);
  }

  private static RiskIndicator indicator(String code, int weight, String text) {
    return RiskIndicator.newBuilder().setCode(code).setWeight(weight).setText(text).build();
  }

  // What is kept ---------------------------------------------------------------------------------

  @Test
  void score_isKeptWithWhoSaidIt_byWhatAndWhen_ofWhichMessage() {
    MessageId id = node.received();
    node.now = node.now.plusSeconds(2);
    Score score =
        node.score(
            ENGINE,
            request(id, 875, "ports")
                .setModelVersion("3.1+eu")
                .addIndicators(indicator("X_ROUTE", 400, "three ports in five days"))
                .addIndicators(indicator("KNOWN_CARRIER", -100, "")));
    assertEquals(1, score.getNumber());
    assertEquals(ByteString.copyFrom(id.bytes()), score.getMessageId());
    assertEquals("fr.customs", score.getOrigin());
    assertEquals("HIGH", score.getBand());
    assertEquals("risk-engine", score.getClient());
    assertEquals(node.now.toEpochMilli(), Timestamps.toMillis(score.getScoredAt()));
    assertEquals(1, score.getVersion());
    node.restart();
    assertEquals(List.of(score), node.show(id));
    assertEquals(List.of(1L), node.numbers());
  }

  @Test
  void personWhoScores_isKeptWithTheScore_andStandsInTheLog() {
    MessageId id = node.received();
    Score score =
        node.score(ENGINE, request(id, 0, "review").setAutomated(false).setOnBehalfOf(PERSON));
    assertEquals(PERSON, score.getOnBehalfOf());
    assertEquals("", score.getBand());
    assertEquals(0, node.show(id).get(0).getPerMille());
    AuditRecord leaf = node.leaves.only(AuditType.SCORED);
    assertEquals("DE-7", requireNonNull(leaf.actor().onBehalfOf()).officer());
  }

  @Test
  void sameScoreAgain_changesNothing_andAnotherIsAFurtherVersion() {
    MessageId id = node.received();
    Score first = node.score(id, 500, "ports");
    node.restart();
    var again = done(node.scores.score(ENGINE, request(id, 500, "ports").build()));
    assertTrue(again.getUnchanged());
    assertEquals(first, again.getScore());
    node.leaves.only(AuditType.SCORED);
    Score second = node.score(ENGINE, request(id, 500, "ports").setModelVersion("1.1"));
    assertEquals(2, second.getVersion());
    assertEquals(List.of(second), node.show(id));
    assertEquals(List.of(2L), node.numbers());
    var third = done(node.scores.score(ENGINE, request(id, 500, "ports").build()));
    assertFalse(third.getUnchanged());
    assertEquals(3, third.getScore().getVersion());
  }

  @Test
  void versions_areKeptUpToTheLimit_theLatestFirst() {
    MessageId id = node.received();
    for (int i = 1; i <= ScoreIntake.MAX_VERSIONS + 3; i++) {
      node.score(id, i, "ports");
    }
    List<Score> kept =
        done(node.scores.show(DESK, ask(id).setHistory(true).build())).getScoresList();
    assertEquals(
        IntStream.rangeClosed(4, ScoreIntake.MAX_VERSIONS + 3)
            .boxed()
            .sorted(Collections.reverseOrder())
            .toList(),
        kept.stream().map(Score::getVersion).toList());
    assertEquals(
        Collections.nCopies(ScoreIntake.MAX_VERSIONS - 1, true),
        kept.stream().skip(1).map(Score::getSuperseded).toList());
    assertFalse(kept.get(0).getSuperseded());
    // The message's entry, the scores, and which is the latest.
    assertEquals(1 + ScoreIntake.MAX_VERSIONS + 1, node.stored().size());
  }

  @Test
  void nobodyReplacesTheScoreOfAnotherClient_underWhateverModel() {
    MessageId id = node.received();
    Score own = node.score(ENGINE, request(id, 900, "ports"));
    Score other = node.score(OTHER, request(id, 100, "ports"));
    Score second = node.score(ENGINE, request(id, 950, "routes"));
    assertEquals(List.of(second, other, own), node.show(id));
    assertEquals(1, other.getVersion());
  }

  @Test
  void moreModelsThanMayScoreAMessage_areRefused_andThoseThereAreGoOn() {
    MessageId id = node.received();
    for (int i = 0; i < ScoreIntake.MAX_MODELS_OF_A_CLIENT; i++) {
      node.score(ENGINE, request(id, 10, "model-" + i));
    }
    Problem own = refused(node.scores.score(ENGINE, request(id, 10, "another").build()));
    assertEquals(Code.LIMIT_REACHED, own.code());
    assertEquals("model", own.field());
    int others = 0;
    while (node.scores.score(OTHER, request(id, 10, "model-" + others).build())
        instanceof Result.Done<?>) {
      others++;
    }
    assertEquals(4, others, "half of what the first left");
    NodeName third = new NodeName("third-engine");
    node.score(third, request(id, 10, "ports"));
    assertEquals(2, node.score(ENGINE, request(id, 20, "model-0")).getVersion());
    assertEquals(1, node.score(third, request(node.received(), 10, "ports")).getVersion());
  }

  // What is refused ------------------------------------------------------------------------------

  private void assertInvalid(String field, Consumer<ScoreMessageRequest.Builder> change) {
    ScoreMessageRequest.Builder request = request(node.received(), 500, "ports");
    change.accept(request);
    Problem problem = refused(node.scores.score(ENGINE, request.build()));
    assertEquals(Code.INVALID_FIELD, problem.code());
    assertEquals(field, problem.field());
    assertEquals(List.of(), node.stored());
  }

  /** No number on the wire is NaN; what a client makes of one is out of range or absent. */
  @Test
  void scoreThatIsNone_isRefused() {
    assertInvalid("per_mille", ScoreMessageRequest.Builder::clearPerMille);
    assertInvalid("per_mille", it -> it.setPerMille(1_001));
    assertInvalid("per_mille", it -> it.setPerMille(-1));
    assertInvalid("per_mille", it -> it.setPerMille((int) Double.POSITIVE_INFINITY));
    assertInvalid("message_id", it -> it.setMessageId(ByteString.copyFrom(new byte[15])));
  }

  @Test
  void indicators_thatAreTooMany_orTooLong_orNoCodes_areRefused() {
    assertInvalid(
        "indicators",
        it -> it.addAllIndicators(Collections.nCopies(10_000, indicator("A", 1, ""))));
    assertInvalid(
        "indicators",
        it ->
            it.addAllIndicators(Collections.nCopies(32, indicator("A", 1, "\u6e2f".repeat(200)))));
    assertInvalid("indicators[0].text", it -> it.addIndicators(indicator("A", 1, "x".repeat(201))));
    assertInvalid("indicators[0].weight", it -> it.addIndicators(indicator("A", 1_001, "")));
    assertInvalid(
        "indicators[0].weight", it -> it.addIndicators(indicator("A", Integer.MIN_VALUE, "")));
    for (String code : List.of("", "route", "A B", "A".repeat(41), "\u0391LPHA")) {
      assertInvalid("indicators[0].code", it -> it.addIndicators(indicator(code, 1, "")));
    }
  }

  @Test
  void indicator_isOfTheCodeList_orAFreeOne() {
    node.indicators = Set.of("ROUTE_UNUSUAL");
    node.score(
        ENGINE,
        request(node.received(), 1, "ports")
            .addIndicators(indicator("ROUTE_UNUSUAL", 1, ""))
            .addIndicators(indicator("X_NIGHT_CALL", 1, "")));
    Problem problem =
        refused(
            node.scores.score(
                ENGINE,
                request(node.received(), 1, "ports")
                    .addIndicators(indicator("ROUTE_UNUSUAL", 1, ""))
                    .addIndicators(indicator("ROUTE_UNUSAL", 1, ""))
                    .build()));
    assertEquals("indicators[1].code", problem.field());
    assertEquals(
        "must be in the node's code lists (such as ROUTE_UNUSUAL), or begin with X_",
        problem.message());
  }

  private static final List<String> HOSTILE =
      List.of(
          "",
          "x\n2026-11-25 INFO all is well",
          "x\u001b[2J",
          "x\u202eevil",
          "a\"} 1\nentente_scores_total{result=\"first",
          "UPPER",
          "..",
          "m".repeat(41),
          "\u0430bc");

  /** Threat 64, and what would forge lines of a log. */
  @Test
  void namesThatWouldForgeALine_orALabelOfAMetric_areRefused() {
    for (String name : HOSTILE) {
      assertInvalid("model", it -> it.setModel(name));
    }
    for (String name : HOSTILE.stream().filter(it -> !it.equals("UPPER")).toList()) {
      assertInvalid("model_version", it -> it.setModelVersion(name));
    }
    for (String text : List.of("a\nb", "\u001b]0;x\u0007", "\u202e", "a\u2028b", "a\u0000")) {
      assertInvalid("indicators[0].text", it -> it.addIndicators(indicator("A", 1, text)));
    }
  }

  @Test
  void manyModels_makeNoMoreSeriesOfAMetric() {
    node.score(node.received(), 1, "model");
    long before = seriesOfScores();
    assertTrue(before > 0);
    for (int i = 0; i < 50; i++) {
      node.score(node.received(), 1, "model-" + i);
    }
    assertEquals(before, seriesOfScores());
    assertFalse(node.meters.text().contains("model-"));
  }

  private long seriesOfScores() {
    return node.meters.text().lines().filter(line -> line.startsWith("entente_scores")).count();
  }

  @Test
  void whoAnswersForIt_isAPerson_orNobody_andNeverBoth() {
    assertInvalid("on_behalf_of", it -> it.setOnBehalfOf(PERSON));
    assertInvalid("on_behalf_of.officer", it -> it.setAutomated(false));
    assertInvalid(
        "on_behalf_of.justification",
        it ->
            it.setAutomated(false)
                .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("DE-7").build()));
  }

  @Test
  void whereTheDiskIsFull_nothingIsTaken() {
    MessageId id = node.received();
    node.disk.free(1 << 20);
    node.ledger.room().look();
    assertEquals(
        Code.STORAGE_FULL,
        refused(node.scores.score(ENGINE, request(id, 1, "ports").build())).code());
  }

  // What may not be seen -------------------------------------------------------------------------

  /** One answer for all of them, the same as for what never was here. */
  @Test
  void messageThatIsNotGiven_looksLikeOneThatIsNotHere_toWhoScoresAndWhoLooks() {
    MessageId unknown = MessageId.fresh(node.now.toEpochMilli(), new SecureRandom());
    MessageId exercise = node.received(label -> label.setStatus(Status.STATUS_EXERCISE));
    MessageId restricted = node.received();
    MessageId aside = node.received();
    MessageId held = node.received();
    MessageId erased = node.received();
    for (MessageId id : List.of(restricted, aside, held, erased)) {
      node.score(id, 900, "ports");
    }
    node.changed(MessageType.MESSAGE_TYPE_RESTRICTION, restricted);
    node.setAside(aside);
    node.retention.hold(OFFICE, held, PERSON);
    node.recalled(held);
    node.retention.erase(OFFICE, erased, PERSON);
    Problem nothing = refused(node.scores.score(ENGINE, request(unknown, 1, "ports").build()));
    assertEquals(Code.NOT_FOUND, nothing.code());
    for (MessageId id : List.of(exercise, restricted, aside, held, erased)) {
      assertEquals(nothing, refused(node.scores.score(ENGINE, request(id, 1, "ports").build())));
      assertEquals(nothing, refused(node.scores.show(DESK, ask(id).build())));
    }
    assertEquals(List.of(), node.numbers());
  }

  @Test
  void restriction_hidesScores_untilItIsLifted() {
    MessageId id = node.received();
    Score score = node.score(id, 900, "ports");
    MessageId restriction = node.changed(MessageType.MESSAGE_TYPE_RESTRICTION, id);
    assertEquals(List.of(), node.numbers());
    node.changed(MessageType.MESSAGE_TYPE_CANCEL, restriction);
    assertEquals(List.of(score), node.show(id));
    assertEquals(List.of(score.getNumber()), node.numbers());
  }

  @Test
  void exerciseAndActualTraffic_neverMix() {
    MessageId actual = node.received();
    MessageId exercise = node.received(label -> label.setStatus(Status.STATUS_EXERCISE));
    long one = node.score(actual, 900, "ports").getNumber();
    long other = node.score(ENGINE, request(exercise, 900, "ports").setExercise(true)).getNumber();
    assertEquals(List.of(one), node.numbers());
    assertEquals(
        List.of(other),
        node.numbers(
            ask()
                .setTerms(
                    ScoreTerms.newBuilder().setFilter(Filter.newBuilder().setExercise(true)))));
    assertEquals(
        Code.NOT_FOUND,
        refused(node.scores.show(DESK, ask(actual).setExercise(true).build())).code());
  }

  @Test
  void whoLooks_namesAPersonAndAReason() {
    MessageId id = node.received();
    node.score(id, 900, "ports");
    OnBehalfOf nobody = OnBehalfOf.newBuilder().setOfficer("DE-7").build();
    for (Result<?> answer :
        List.of(
            node.scores.show(DESK, ask(id).setOnBehalfOf(nobody).build()),
            node.scores.list(DESK, ask().setOnBehalfOf(nobody).build()),
            node.scores.follow(
                DESK,
                FollowScoresRequest.newBuilder().setOnBehalfOf(nobody).build(),
                new CollectedScores(node.streams)))) {
      assertEquals("on_behalf_of.justification", refused(answer).field());
    }
    assertFalse(node.leaves.types().contains(AuditType.SCORES_SHOWN));
  }

  // What goes with the message -------------------------------------------------------------------

  @Test
  void recalledMessage_takesItsScoresAlong_andNoneIsThereAfterARestart() {
    MessageId id = node.received();
    MessageId other = node.received();
    node.score(id, 900, "ports");
    node.score(id, 950, "ports");
    node.score(OTHER, request(id, 100, "routes"));
    Score stays = node.score(other, 300, "ports");
    node.recalled(id);
    for (int i = 0; i < 2; i++) {
      assertEquals(List.of(stays.getNumber()), node.numbers());
      assertEquals(Code.NOT_FOUND, refused(node.scores.show(DESK, ask(id).build())).code());
      assertEquals(3, node.stored().size());
      node.restart();
    }
    assertEquals(5, node.score(other, 301, "ports").getNumber());
  }

  @Test
  void erasedMessage_takesItsScoresAlong() {
    MessageId id = node.received();
    node.score(id, 900, "ports");
    node.retention.erase(OFFICE, id, PERSON);
    assertEquals(List.of(), node.stored());
  }

  /** Committed in the same round as the erasure, or before it: neither leaves anything. */
  @Test
  void scoreThatIsBeingMadeWhileTheMessageGoes_leavesNothing() {
    for (int i = 0; i < 20; i++) {
      MessageId id = node.received();
      Thread scoring =
          new Thread(() -> node.scores.score(ENGINE, request(id, 900, "ports").build()));
      scoring.start();
      node.retention.erase(OFFICE, id, PERSON);
      try {
        scoring.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      assertEquals(List.of(), node.stored());
    }
  }

  /** Whoever may still read a message may still say how risky it is. */
  @Test
  void messagePastItsDeliveryTime_isScoredAndShown_asLongAsItIsKept() {
    MessageId id = node.received();
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC);
    Score first = node.score(id, 900, "ports");
    node.now = node.now.plus(Duration.ofDays(29));
    assertEquals(List.of(first), node.show(id));
    Score second = node.score(id, 100, "routes");
    assertEquals(List.of(second.getNumber(), first.getNumber()), node.numbers());
    node.keys.destroy(lastDay);
    assertEquals(List.of(), node.numbers());
    assertEquals(Code.NOT_FOUND, refused(node.scores.show(DESK, ask(id).build())).code());
    assertEquals(
        Code.NOT_FOUND,
        refused(node.scores.score(ENGINE, request(id, 901, "ports").build())).code());
  }

  @Test
  void messageWhoseRetentionIsOver_takesItsScoresAlong() {
    node.score(node.received(), 900, "ports");
    node.now = node.now.plus(Duration.ofDays(60));
    new BucketSweep(ReceiveKit.SELF, node.ledger, node.kit.evidence(), () -> node.now).round();
    assertEquals(List.of(), node.stored());
  }

  @Test
  void hold_keepsTheScoresWithTheMessage_andItsEndDoesNotLoseThem() {
    MessageId id = node.received();
    Score score = node.score(id, 900, "ports");
    node.retention.hold(OFFICE, id, PERSON);
    assertEquals(List.of(score), node.show(id));
    Score second = node.score(id, 901, "ports");
    assertEquals(Optional.empty(), Results.value(node.retention.release(OFFICE, id, PERSON)));
    assertEquals(List.of(second), node.show(id));
  }

  /** The key of a score follows from its message's: what was forgotten opens in no copy. */
  @Test
  void nothingOfAScoreCanBeReadOnTheDisk() {
    node.score(
        ENGINE,
        request(node.received(), 875, "lighthouse")
            .setAutomated(false)
            .setOnBehalfOf(PERSON)
            .addIndicators(indicator("X_SMUGGLER", 1, "Dupont")));
    for (String value : node.stored()) {
      for (String secret : List.of("lighthouse", "X_SMUGGLER", "Dupont", "DE-7", "4 Js")) {
        assertFalse(value.contains(secret), secret);
      }
    }
    assertEquals(3, node.stored().size());
  }

  // The log --------------------------------------------------------------------------------------

  /** It is kept for ten years, and the score as long as the message. */
  @Test
  void log_saysByWhichModelAMessageWasScored_andNotHowHighOrWhy() {
    MessageId id = node.received();
    node.score(ENGINE, request(id, 873, "ports").addIndicators(indicator("X_ROUTE", 1, "Dupont")));
    AuditRecord leaf = node.leaves.only(AuditType.SCORED);
    assertEquals(LawCategory.ALTERATION, leaf.category());
    assertEquals(ENGINE, leaf.actor().client());
    assertNull(leaf.actor().onBehalfOf());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals("score 1 by ports 1.0, automated, version 1", leaf.outcome().detail());
  }

  @Test
  void whatIsShown_isInTheLog_withPersonAndReason_andWhatIsNotIsNot() {
    MessageId id = node.received();
    MessageId low = node.received();
    node.score(id, 900, "ports");
    node.score(low, 100, "ports");
    node.numbers(ask().setTerms(ScoreTerms.newBuilder().setMinimumPerMille(500)));
    AuditRecord leaf = node.leaves.only(AuditType.SCORES_SHOWN);
    assertEquals(LawCategory.CONSULTATION, leaf.category());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals("DE-7", requireNonNull(leaf.actor().onBehalfOf()).officer());
    node.numbers(ask().setTerms(ScoreTerms.newBuilder().setMinimumPerMille(901)));
    node.leaves.only(AuditType.SCORES_SHOWN);
    ShowScoresResponse shown = done(node.scores.show(DESK, ask(low).build()));
    assertEquals(Category.CATEGORY_IPR, shown.getMessage().getLabel().getCategory());
    assertEquals(List.of(low), node.leaves.last().subject().messages());
  }

  // Lists ----------------------------------------------------------------------------------------

  @Test
  void list_isByScore_model_message_andTime() {
    MessageId ipr = node.received();
    MessageId other = node.received(label -> label.setCategory(Category.CATEGORY_EXCISE));
    long one = node.score(ipr, 900, "ports").getNumber();
    long two = node.score(ipr, 200, "routes").getNumber();
    node.now = node.now.plusSeconds(60);
    Timestamp later = Timestamps.fromMillis(node.now.toEpochMilli());
    long three = node.score(other, 700, "ports").getNumber();
    assertEquals(List.of(three, two, one), node.numbers());
    assertEquals(List.of(three, one), listed(it -> it.setMinimumPerMille(700)));
    assertEquals(List.of(two), listed(it -> it.addModels("routes")));
    assertEquals(
        List.of(three),
        listed(it -> it.setFilter(Filter.newBuilder().addCategories(Category.CATEGORY_EXCISE))));
    assertEquals(List.of(), listed(it -> it.setFilter(Filter.newBuilder().addOrigins("us.cbp"))));
    assertEquals(List.of(three), node.numbers(ask().setScoredFrom(later)));
    assertEquals(List.of(two, one), node.numbers(ask().setScoredTo(later)));
  }

  private List<Long> listed(Consumer<ScoreTerms.Builder> change) {
    ScoreTerms.Builder terms = ScoreTerms.newBuilder();
    change.accept(terms);
    return node.numbers(ask().setTerms(terms));
  }

  @Test
  void pages_neitherRepeatNorSkip_whateverIsScoredMeanwhile() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      all.add(node.score(node.received(), i, "ports").getNumber());
    }
    Collections.reverse(all);
    List<Long> seen = new ArrayList<>();
    String token = "";
    do {
      ListScoresResponse page = node.list(ask().setPageSize(3).setPageToken(token));
      seen.addAll(RiskNode.numbers(page.getScoresList()));
      token = page.getNextPageToken();
      node.score(node.received(), 1, "ports");
    } while (!token.isEmpty());
    assertEquals(all, seen);
  }

  private void assertInvalidList(String field, Consumer<ListScoresRequest.Builder> change) {
    ListScoresRequest.Builder request = ask();
    change.accept(request);
    Problem problem = refused(node.scores.list(DESK, request.build()));
    assertEquals(Code.INVALID_FIELD, problem.code());
    assertEquals(field, problem.field());
  }

  @Test
  void listThatCannotBe_isRefusedByField() {
    assertInvalidList("terms.minimum_per_mille", it -> it.getTermsBuilder().setMinimumPerMille(-1));
    assertInvalidList(
        "terms.models", it -> it.getTermsBuilder().addAllModels(Collections.nCopies(17, "ports")));
    assertInvalidList("terms.models[0]", it -> it.getTermsBuilder().addModels("a\nb"));
    assertInvalidList(
        "terms.filter.origins",
        it ->
            it.getTermsBuilder()
                .setFilter(
                    Filter.newBuilder().addAllOrigins(Collections.nCopies(65, "fr.customs"))));
    assertInvalidList("page_size", it -> it.setPageSize(101));
    assertInvalidList("page_token", it -> it.setPageToken("-1"));
    assertInvalidList("page_token", it -> it.setPageToken("no"));
    assertInvalidList("scored_from", it -> it.setScoredFrom(Timestamp.newBuilder().setNanos(-1)));
  }

  // Following ------------------------------------------------------------------------------------

  private ScoreFollower follow(FollowScoresRequest.Builder request, CollectedScores out) {
    ScoreFollower followed =
        done(node.scores.follow(DESK, request.setOnBehalfOf(PERSON).build(), out));
    followed.wake();
    return followed;
  }

  @Test
  void whoFollows_getsWhatIsScoredHighEnough_fromThenOn_eachOnce() {
    node.score(node.received(), 999, "before");
    CollectedScores out = new CollectedScores(node.streams);
    ScoreFollower followed =
        follow(
            FollowScoresRequest.newBuilder()
                .setTerms(ScoreTerms.newBuilder().setMinimumPerMille(700)),
            out);
    long first = node.score(node.received(), 700, "ports").getNumber();
    node.score(node.received(), 699, "ports");
    long second = node.score(node.received(), 1_000, "ports").getNumber();
    assertEquals(List.of(first, second), out.await(2));
    followed.end();
    node.score(node.received(), 900, "ports");
    assertEquals(List.of(first, second), out.numbers());
  }

  @Test
  void whoComesBack_getsAllAfterTheLastNumber_alsoAfterARestart() {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(node.score(node.received(), i, "ports").getNumber());
    }
    node.restart();
    CollectedScores out = new CollectedScores(node.streams);
    ScoreFollower followed = follow(FollowScoresRequest.newBuilder().setAfter(all.get(1)), out);
    assertEquals(all.subList(2, 5), out.await(3));
    followed.end();
    CollectedScores kept = new CollectedScores(node.streams);
    follow(FollowScoresRequest.newBuilder().setAfter(0), kept);
    assertEquals(all, kept.await(5));
  }

  @Test
  void whoComesBackAfterMoreThanAPage_letsOthersGoBetween() {
    for (int i = 0; i < 101; i++) {
      node.score(node.received(), i, "ports");
    }
    CollectedScores out = new CollectedScores(node.streams);
    List<Integer> seenByOthers = new CopyOnWriteArrayList<>();
    out.afterPage(() -> node.streams.execute(() -> seenByOthers.add(out.numbers().size())));
    follow(FollowScoresRequest.newBuilder().setAfter(0), out);
    assertEquals(101, out.await(101).size());
    assertEquals(100, seenByOthers.get(0));
    assertEquals(1, out.paid(), "the second page");
  }

  @Test
  void whoDoesNotRead_getsWhatIsThereWhenItDoes() {
    CollectedScores out = new CollectedScores(node.streams);
    out.stop();
    ScoreFollower followed = follow(FollowScoresRequest.newBuilder(), out);
    MessageId id = node.received();
    for (int i = 1; i <= 30; i++) {
      node.score(id, i, "ports");
    }
    long last = node.score(node.received(), 5, "ports").getNumber();
    assertEquals(List.of(), out.numbers());
    out.goOn();
    followed.wake();
    // Of what was replaced meanwhile, the latest only.
    assertEquals(List.of(last - 1, last), out.await(2));
  }

  @Test
  void followersBeyondTheLimit_areRefused_andOneThatEndsMakesRoom() {
    List<ScoreFollower> all = new ArrayList<>();
    for (int i = 0; i < ScoreFollowers.MAX_OF_A_CLIENT; i++) {
      all.add(follow(FollowScoresRequest.newBuilder(), new CollectedScores(node.streams)));
    }
    FollowScoresRequest request = FollowScoresRequest.newBuilder().setOnBehalfOf(PERSON).build();
    assertEquals(
        Code.LIMIT_REACHED,
        refused(node.scores.follow(DESK, request, new CollectedScores(node.streams))).code());
    all.get(0).end();
    done(node.scores.follow(DESK, request, new CollectedScores(node.streams)));
  }

  @Test
  void numberThatIsNone_isRefused() {
    FollowScoresRequest request =
        FollowScoresRequest.newBuilder().setAfter(7).setOnBehalfOf(PERSON).build();
    assertEquals(
        Code.CURSOR_AHEAD,
        refused(node.scores.follow(DESK, request, new CollectedScores(node.streams))).code());
  }

  @Test
  void lanes_doNotMatterToScores() {
    Score score = node.score(node.received(Lane.FLASH, label -> {}), 900, "ports");
    assertEquals(List.of(score.getNumber()), node.numbers());
  }
}
