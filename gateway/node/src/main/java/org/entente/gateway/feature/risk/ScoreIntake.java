package org.entente.gateway.feature.risk;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.account.SharedRoom;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.ledger.table.ScoreTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.AnnotationKey;
import org.entente.proto.store.v1.ScoreRecord;
import org.entente.proto.store.v1.ScoreSeries;
import org.entente.proto.store.v1.ScoredRecord;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoreMessageResponse;

/** Stores clients' scores. Calls block; safe for use by several threads. */
final class ScoreIntake {
  /** Models by which a message may be scored. */
  static final int MAX_MODELS = 16;

  private static final SharedRoom ROOM = new SharedRoom(MAX_MODELS);

  /** Those of one client among them. */
  static final int MAX_MODELS_OF_A_CLIENT = 8;

  /** Scores that are kept of one client and model for a message, the latest. */
  static final int MAX_VERSIONS = 8;

  private final ScoreParts parts;
  private final ScoreCheck check;
  private final ScoreBands bands;
  private final ScoreVisibility givable;
  private final ScoreSeal seal;
  private final ScoreFollowers followers;

  ScoreIntake(
      ScoreParts parts,
      ScoreCheck check,
      ScoreBands bands,
      ScoreVisibility givable,
      ScoreFollowers followers) {
    this.parts = parts;
    this.check = check;
    this.bands = bands;
    this.givable = givable;
    this.seal = new ScoreSeal(parts.random());
    this.followers = followers;
  }

  /** A score about to be stored. */
  private record SubmittedScore(
      NodeName client,
      ScoreMessageRequest request,
      InboxTable.PlacedRecord placed,
      AnnotationKey key) {
    MessageId id() {
      return MessageId.of(request.getMessageId().toByteArray());
    }

    AgencyName origin() {
      return new AgencyName(placed.record().getOrigin());
    }
  }

  Result<ScoreMessageResponse> score(NodeName client, ScoreMessageRequest request) {
    Optional<Problem> problem = check.problem(request).or(() -> parts.ledger().room().refusal());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    MessageFilter match =
        new MessageFilter(
            Filter.newBuilder().setExercise(request.getExercise()).build(),
            parts.desks().sight(client));
    InboxTable.PlacedRecord placed =
        givable.find(MessageId.of(request.getMessageId().toByteArray()), match);
    if (placed == null) {
      return ScoreVisibility.notFound();
    }
    try {
      return parts
          .opening()
          .annotated(placed, (label, key) -> keep(new SubmittedScore(client, request, placed, key)))
          .orElseGet(ScoreVisibility::notFound);
    } catch (CorruptRecord e) {
      return ScoreVisibility.notFound();
    }
  }

  private Result<ScoreMessageResponse> keep(SubmittedScore handed) {
    return parts.ledger().commit(Lane.ROUTINE, tx -> keep(tx, handed));
  }

  private Result<ScoreMessageResponse> keep(Transaction tx, SubmittedScore handed) {
    if (!givable.isStill(tx, handed.placed())) {
      return ScoreVisibility.notFound();
    }
    ScoreTable book = parts.ledger().scores();
    String client = handed.client().value();
    ByteString clientTag = ScoreSeal.clientTag(handed.key(), client);
    ByteString tag = ScoreSeal.tag(handed.key(), client, handed.request().getModel());
    ScoredRecord scored = book.of(tx, handed.id());
    ScoreSeries series = ScoreTable.series(scored, tag);
    Optional<Score> latest = latest(tx, handed, series);
    if (latest.filter(it -> saysTheSame(it, handed.request())).isPresent()) {
      tx.afterCommit(
          () ->
              parts.meters().scored(Meters.ScoreChange.UNCHANGED, handed.request().getExercise()));
      return done(latest.get(), true);
    }
    if (series.getNumbersCount() == 0 && !hasRoom(scored, clientTag)) {
      return Result.refused(tooMany());
    }
    Score score = score(tx, handed, series.getMade() + 1);
    ScoreRecord record = seal.seal(handed.key(), score, tx.nowMillis());
    book.add(
        tx,
        handed.id(),
        series.toBuilder().setClientTag(clientTag).setTag(tag).build(),
        score.getNumber(),
        record,
        MAX_VERSIONS);
    tx.audit(leaf(tx, handed, score));
    tx.afterCommit(() -> kept(handed, score));
    return done(score, false);
  }

  private Optional<Score> latest(Transaction tx, SubmittedScore handed, ScoreSeries series) {
    if (series.getNumbersCount() == 0) {
      return Optional.empty();
    }
    long number = ScoreTable.latest(series);
    ScoreRecord record = parts.ledger().scores().read(tx, number);
    return record == null
        ? Optional.empty()
        : ScoreSeal.open(handed.key(), handed.id(), number, record);
  }

  /** Ignores band, time and number, which the gateway sets; compares the client's fields. */
  private static boolean saysTheSame(Score kept, ScoreMessageRequest request) {
    return kept.getPerMille() == request.getPerMille()
        && kept.getModelVersion().equals(request.getModelVersion())
        && kept.getIndicatorsList().equals(request.getIndicatorsList())
        && kept.getAutomated() == request.getAutomated()
        && kept.getOnBehalfOf().equals(request.getOnBehalfOf());
  }

  private static boolean hasRoom(ScoredRecord scored, ByteString client) {
    long own =
        scored.getSeriesList().stream().filter(it -> it.getClientTag().equals(client)).count();
    return own < MAX_MODELS_OF_A_CLIENT && ROOM.fits(own, scored.getSeriesCount());
  }

  private static Problem tooMany() {
    return new Problem(
        Code.LIMIT_REACHED,
        "model",
        ("a message is scored by at most %d models of a client, and no more than are free of the"
                + " %d of all")
            .formatted(MAX_MODELS_OF_A_CLIENT, MAX_MODELS));
  }

  private Score score(Transaction tx, SubmittedScore handed, int version) {
    ScoreMessageRequest request = handed.request();
    Score.Builder score =
        Score.newBuilder()
            .setNumber(parts.ledger().scores().nextNumber(tx))
            .setMessageId(request.getMessageId())
            .setOrigin(handed.origin().value())
            .setPerMille(request.getPerMille())
            .setBand(bands.of(request.getPerMille()))
            .setModel(request.getModel())
            .setModelVersion(request.getModelVersion())
            .addAllIndicators(request.getIndicatorsList())
            .setAutomated(request.getAutomated())
            .setClient(handed.client().value())
            .setScoredAt(Timestamps.fromMillis(tx.nowMillis()))
            .setVersion(version);
    if (request.hasOnBehalfOf()) {
      score.setOnBehalfOf(request.getOnBehalfOf());
    }
    return score.build();
  }

  private void kept(SubmittedScore handed, Score score) {
    boolean exercise = handed.request().getExercise();
    boolean first = score.getVersion() == 1;
    parts.meters().scored(first ? Meters.ScoreChange.FIRST : Meters.ScoreChange.CHANGED, exercise);
    if (first && !exercise) {
      long millis =
          Timestamps.toMillis(score.getScoredAt()) - handed.placed().record().getReceivedAtMs();
      parts.meters().scoredAfter(Math.max(0, millis) / 1e3);
    }
    followers.wake();
  }

  private static Result<ScoreMessageResponse> done(Score score, boolean unchanged) {
    return Result.done(
        ScoreMessageResponse.newBuilder().setScore(score).setUnchanged(unchanged).build());
  }

  /** Names the model but not the score: the log is kept longer than the message and its scores. */
  private AuditRecord leaf(Transaction tx, SubmittedScore handed, Score score) {
    return AuditRecord.of(
            AuditType.SCORED,
            LawCategory.ALTERATION,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.client(parts.self(), handed.client(), score.getOnBehalfOf()),
            new AuditSubject(null, List.of(handed.id()), List.of(handed.origin()), null))
        .saying(
            "score %d by %s %s%s, version %d"
                .formatted(
                    score.getNumber(),
                    score.getModel(),
                    score.getModelVersion(),
                    score.getAutomated() ? ", automated" : "",
                    score.getVersion()));
  }
}
