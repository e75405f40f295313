package org.entente.gateway.feature.watch;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.subject.IndexTerms;
import org.entente.gateway.receive.InboxOpener;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.v1.Body;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matches received messages against the watches, after reception. It reads committed messages, lane
 * by lane, and commits the hits together with its progress, so that each message is matched and
 * each hit counted once, even after a crash. Reception never waits for it.
 *
 * <p>A message that cannot be opened is skipped: delivery quarantines it. Once it can be opened it
 * is redelivered at the tail. Used by one thread at a time.
 */
final class WatchFollower {
  /** Hits of a client that are kept, the latest. */
  static final int MAX_HITS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(WatchFollower.class);

  /** Messages matched in one round: few, so that a round takes little processor time. */
  static final int AT_ONCE = 500;

  /** Messages matched without a hit before the progress is stored. */
  private static final int UNWRITTEN = 10_000;

  private static final int CHUNK = 64;

  private final AgencyName self;
  private final Ledger ledger;
  private final InboxOpener opening;
  private final StandingWatches watches;
  private final Predicate<String> mayWatch;
  private final InstantSource clock;
  private final Meters meters;
  private final Map<Lane, Long> next = new EnumMap<>(Lane.class);
  private int unwritten;

  /** A message that matches a watch. */
  private record WatchMatch(StandingWatch watch, InboxTable.PlacedRecord placed) {
    MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }

    WatchHit hit(long nowMillis) {
      return WatchHit.newBuilder()
          .setWatch(watch.number())
          .setLane(placed.lane().number())
          .setPosition(placed.position())
          .setMessageId(placed.record().getMessageId())
          .setAtMs(nowMillis)
          .setExercise(placed.record().getExercise())
          .build();
    }
  }

  /**
   * A follower that continues from the stored progress.
   *
   * @param mayWatch whether a client has the scope now
   */
  WatchFollower(WatchParts parts, StandingWatches watches, Predicate<String> mayWatch) {
    this.self = parts.self();
    this.ledger = parts.ledger();
    this.opening = parts.opening();
    this.watches = watches;
    this.mayWatch = mayWatch;
    this.clock = parts.clock();
    this.meters = parts.meters();
    for (Lane lane : Lane.all()) {
      next.put(lane, WatchTable.of(ledger).place(lane));
    }
  }

  /** Matches some of the received messages, FLASH first. */
  void round() {
    long earliest = watches.earliest();
    if (earliest == Long.MAX_VALUE) {
      // A watch added from now on applies only to later messages.
      return;
    }
    List<WatchMatch> found = new ArrayList<>();
    int left = AT_ONCE;
    Map<Lane, Long> reached = new EnumMap<>(next);
    for (Lane lane : Lane.all()) {
      long from = Math.max(reached.getOrDefault(lane, 0L), earliest + 1);
      left = follow(lane, from, left, reached, found);
    }
    unwritten += AT_ONCE - left;
    if (!found.isEmpty() || unwritten >= UNWRITTEN) {
      List<WatchMatch> hits = ledger.commit(Lane.ROUTINE, tx -> record(tx, found, reached));
      hits.forEach(hit -> meters.watchHit(hit.placed().record().getExercise()));
      unwritten = 0;
    }
    next.putAll(reached);
  }

  private int follow(
      Lane lane, long from, int most, Map<Lane, Long> reached, List<WatchMatch> found) {
    int left = most;
    long at = from;
    while (left > 0) {
      List<InboxTable.PlacedRecord> arrived = ledger.inbox().read(lane, at, Math.min(CHUNK, left));
      if (arrived.isEmpty()) {
        break;
      }
      for (InboxTable.PlacedRecord placed : arrived) {
        look(placed, found);
        at = placed.position() + 1;
      }
      left -= arrived.size();
    }
    reached.put(lane, at);
    return left;
  }

  private void look(InboxTable.PlacedRecord placed, List<WatchMatch> found) {
    // A restricted message is redelivered once the restriction is lifted.
    if (placed.isDamaged() || placed.record().getRestricted()) {
      return;
    }
    try {
      InboxOpener.Message message = opening.message(placed, label -> true).orElse(null);
      Body body = message == null ? null : message.body();
      if (message == null || body == null) {
        return;
      }
      long now = clock.millis();
      for (StandingWatch watch : watches.watching(IndexTerms.of(message.label(), body))) {
        if (placed.position() > watch.record().getAfterPosition()
            && !watch.isOver(now)
            && mayWatch.test(watch.client())
            && watch.match().mayGive(placed)
            && watch.match().matches(message.label())) {
          found.add(new WatchMatch(watch, placed));
        }
      }
    } catch (RuntimeException | StackOverflowError e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      LOG.warn(
          "the message at position {} cannot be matched against watches: {}",
          placed.position(),
          ProcessingFailure.of(e).what());
    }
  }

  /** Stores the matches that still exist, together with the progress; returns the hits. */
  private List<WatchMatch> record(Transaction tx, List<WatchMatch> found, Map<Lane, Long> reached) {
    reached.forEach((lane, position) -> WatchTable.of(ledger).place(tx, lane, position));
    Map<Long, List<WatchMatch>> byWatch = new LinkedHashMap<>();
    for (WatchMatch one : found) {
      if (isStanding(tx, one.watch()) && HitVisibility.isStill(tx, ledger, one.placed())) {
        WatchTable.of(ledger).hit(tx, one.watch().client(), one.hit(tx.nowMillis()), MAX_HITS);
        byWatch.computeIfAbsent(one.watch().number(), number -> new ArrayList<>()).add(one);
      }
    }
    byWatch.values().forEach(hits -> tx.audit(leaf(tx, hits.get(0).watch(), hits)));
    return byWatch.values().stream().flatMap(List::stream).toList();
  }

  private boolean isStanding(Transaction tx, StandingWatch watch) {
    return WatchTable.of(ledger).read(tx, watch.number()) != null;
  }

  private AuditRecord leaf(Transaction tx, StandingWatch watch, List<WatchMatch> hits) {
    return AuditRecord.of(
            AuditType.WATCH_HIT,
            LawCategory.COMBINATION,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.client(self, new NodeName(watch.client()), watch.person()),
            new AuditSubject(
                null,
                hits.stream().map(WatchMatch::id).toList(),
                hits.stream()
                    .map(hit -> new AgencyName(hit.placed().record().getOrigin()))
                    .distinct()
                    .toList(),
                null))
        .saying("watch " + watch.number() + ": " + hits.size() + " hit");
  }
}
