package org.entente.gateway.feature.risk;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.receive.InboxOpener;
import org.entente.gateway.seal.AnnotationKey;
import org.entente.proto.store.v1.ScoreRecord;
import org.entente.proto.store.v1.ScoreSeries;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoredMessage;

/**
 * Pages of scores with their messages. A score only points to its message. Each message is read
 * from the ledger, checked, and its key used at that moment. The commit that records the page
 * leaves out messages that were removed meanwhile. Calls block; safe for use by several threads.
 */
final class ScorePages {
  /** Most scores that one page may inspect. */
  private static final int LOOKED_AT = 1_000;

  private final Ledger ledger;
  private final InboxOpener opening;
  private final ScoreVisibility givable;

  ScorePages(Ledger ledger, InboxOpener opening, ScoreVisibility givable) {
    this.ledger = ledger;
    this.opening = opening;
    this.givable = givable;
  }

  /**
   * A page of scores.
   *
   * @param shown the scores to show; the access is recorded
   * @param reached the number of the last score inspected
   * @param more whether there may be more scores
   */
  record Page(List<ScoredMessage> shown, long reached, boolean more) {
    /** Shows none of the content. */
    @Override
    public String toString() {
      return shown.size() + " shown up to " + reached;
    }
  }

  private record PlacedMessage(InboxTable.PlacedRecord placed, ScoredMessage message) {
    MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }
  }

  /** The scores below a number, latest first. */
  Page before(ScoreQuery query, long number, int size, AuditActor actor) {
    List<PlacedMessage> found = new ArrayList<>();
    long at = number;
    for (int looked = 0; looked < LOOKED_AT && found.size() < size; looked++) {
      long next = ledger.scores().before(at);
      if (next == 0) {
        return new Page(record(actor, found), at, false);
      }
      at = next;
      find(query, at).ifPresent(found::add);
    }
    return new Page(record(actor, found), at, ledger.scores().before(at) != 0);
  }

  /** The scores above a number, in ascending order. */
  Page after(ScoreQuery query, long number, int size, AuditActor actor) {
    List<PlacedMessage> found = new ArrayList<>();
    List<Long> numbers = ledger.scores().after(number, LOOKED_AT);
    long at = number;
    for (long next : numbers) {
      if (found.size() == size) {
        return new Page(record(actor, found), at, true);
      }
      at = next;
      find(query, at).ifPresent(found::add);
    }
    return new Page(record(actor, found), at, numbers.size() == LOOKED_AT);
  }

  private Optional<PlacedMessage> find(ScoreQuery query, long number) {
    try {
      ScoreRecord record = ledger.scores().read(number);
      if (record == null || !query.isInTime(record.getAtMs())) {
        return Optional.empty();
      }
      MessageId id = MessageId.of(record.getMessageId().toByteArray());
      InboxTable.PlacedRecord placed = givable.find(id, query.match());
      return placed == null
          ? Optional.empty()
          : opening
              .annotated(
                  placed,
                  (label, key) ->
                      query.match().matches(label)
                          ? ScoreSeal.open(key, id, number, record)
                              .filter(query::wants)
                              .map(score -> found(placed, label, score))
                          : Optional.<PlacedMessage>empty())
              .flatMap(it -> it);
    } catch (CorruptRecord e) {
      // Delivery quarantines the message.
      return Optional.empty();
    }
  }

  private PlacedMessage found(InboxTable.PlacedRecord placed, Label label, Score score) {
    return new PlacedMessage(
        placed,
        ScoredMessage.newBuilder()
            .setMessage(givable.found(placed, label))
            .setScore(score)
            .build());
  }

  private List<ScoredMessage> record(AuditActor actor, List<PlacedMessage> found) {
    if (found.isEmpty()) {
      return List.of();
    }
    List<PlacedMessage> shown =
        ledger.commit(
            Lane.ROUTINE,
            tx -> {
              List<PlacedMessage> still =
                  found.stream().filter(it -> givable.isStill(tx, it.placed())).toList();
              tx.audit(leaf(tx, actor, still, still.size() + " scores shown"));
              return still;
            });
    return shown.stream().map(PlacedMessage::message).toList();
  }

  private static AuditRecord leaf(
      Transaction tx, AuditActor actor, List<PlacedMessage> shown, String words) {
    return AuditRecord.of(
            AuditType.SCORES_SHOWN,
            LawCategory.CONSULTATION,
            Instant.ofEpochMilli(tx.nowMillis()),
            actor,
            new AuditSubject(
                null,
                shown.stream().map(PlacedMessage::id).distinct().toList(),
                shown.stream()
                    .map(it -> new AgencyName(it.placed().record().getOrigin()))
                    .distinct()
                    .toList(),
                null))
        .saying(words);
  }

  // One message ----------------------------------------------------------------------------------

  /**
   * A message with its scores.
   *
   * @param message without its content
   * @param scores latest first
   */
  record MessageScores(FoundMessage message, List<Score> scores) {
    /** Shows none of the content. */
    @Override
    public String toString() {
      return scores.size() + " scores";
    }
  }

  /** All scores of a message that was found; empty if the message may no longer be shown. */
  Optional<MessageScores> of(InboxTable.PlacedRecord placed, boolean history, AuditActor actor) {
    try {
      return opening
          .annotated(
              placed,
              (label, key) ->
                  new MessageScores(givable.found(placed, label), scores(placed, key, history)))
          .filter(it -> record(placed, actor, it.scores().size()));
    } catch (CorruptRecord e) {
      return Optional.empty();
    }
  }

  private boolean record(InboxTable.PlacedRecord placed, AuditActor actor, int count) {
    PlacedMessage shown = new PlacedMessage(placed, ScoredMessage.getDefaultInstance());
    return ledger.commit(
        Lane.ROUTINE,
        tx -> {
          boolean still = givable.isStill(tx, placed);
          if (still) {
            tx.audit(leaf(tx, actor, List.of(shown), count + " scores shown"));
          }
          return still;
        });
  }

  private List<Score> scores(InboxTable.PlacedRecord placed, AnnotationKey key, boolean history) {
    MessageId id = MessageId.of(placed.record().getMessageId().toByteArray());
    List<Score> scores = new ArrayList<>();
    for (ScoreSeries series : ledger.scores().of(id).getSeriesList()) {
      int last = series.getNumbersCount() - 1;
      for (int i = history ? 0 : last; i <= last; i++) {
        long number = series.getNumbers(i);
        boolean superseded = i < last;
        ScoreRecord record = ledger.scores().read(number);
        Optional.ofNullable(record)
            .flatMap(it -> ScoreSeal.open(key, id, number, it))
            .ifPresent(it -> scores.add(it.toBuilder().setSuperseded(superseded).build()));
      }
    }
    scores.sort((one, two) -> Long.compare(two.getNumber(), one.getNumber()));
    return scores;
  }
}
