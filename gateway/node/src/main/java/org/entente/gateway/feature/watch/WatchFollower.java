package org.entente.gateway.feature.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.ProcessingFailure;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.meter.LogRateLimit;
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

  /**
   * Hits of one round, which are one change of the ledger: a FLASH waits for it. A message with
   * more is continued in the next round.
   */
  static final int MOST_HITS = 2_000;

  /** Messages matched without a hit before the progress is stored. */
  private static final int UNWRITTEN = 10_000;

  private static final int CHUNK = 64;
  private static final Duration LINES_APART = Duration.ofMinutes(10);

  private final AgencyName self;
  private final Ledger ledger;
  private final InboxOpener opening;
  private final StandingWatches watches;
  private final Predicate<String> mayWatch;
  private final InstantSource clock;
  private final Meters meters;
  private final LogRateLimit lines;
  private final Map<Lane, WatchTable.Place> next = new EnumMap<>(Lane.class);
  private int unwritten;

  /** A message that matches a watch. */
  private record WatchMatch(StandingWatch watch, InboxTable.PlacedRecord placed) {
    MessageId id() {
      return MessageId.of(placed.record().getMessageId().toByteArray());
    }

    String origin() {
      return placed.record().getOrigin();
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

  /** A message, and watches that it matches. */
  private record Matched(InboxTable.PlacedRecord placed, List<StandingWatch> watches) {}

  /** What a round has found so far. */
  private static final class Round {
    private final Map<Lane, WatchTable.Place> reached;
    private final List<Matched> found = new ArrayList<>();
    private int messages;
    private int hits;
    private boolean full;

    Round(Map<Lane, WatchTable.Place> from) {
      reached = new EnumMap<>(from);
    }

    /** Takes a message with its watches, and gives how many of them have room. */
    int take(Matched matched) {
      messages++;
      int all = matched.watches().size();
      int room = MOST_HITS - hits;
      full = all > room;
      // A message that a round can take whole is left to the next one.
      int taken = full && all <= MOST_HITS ? 0 : Math.min(all, room);
      if (taken > 0) {
        found.add(new Matched(matched.placed(), matched.watches().subList(0, taken)));
        hits += taken;
      }
      return taken;
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
    this.lines = new LogRateLimit(clock, LINES_APART);
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
    Round round = new Round(next);
    for (Lane lane : Lane.all()) {
      round.reached.put(lane, follow(lane, earliest, round));
    }
    unwritten += round.messages;
    if (!round.found.isEmpty() || unwritten >= UNWRITTEN) {
      List<WatchMatch> hits = ledger.commit(Lane.ROUTINE, tx -> record(tx, round));
      hits.forEach(hit -> meters.watchHit(hit.placed().record().getExercise()));
      unwritten = 0;
    }
    next.putAll(round.reached);
  }

  private WatchTable.Place follow(Lane lane, long earliest, Round round) {
    WatchTable.Place place = round.reached.getOrDefault(lane, WatchTable.Place.FIRST);
    if (place.position() <= earliest) {
      place = new WatchTable.Place(earliest + 1, 0);
    }
    while (round.messages < AT_ONCE && !round.full) {
      List<InboxTable.PlacedRecord> arrived =
          ledger.inbox().read(lane, place.position(), Math.min(CHUNK, AT_ONCE - round.messages));
      if (arrived.isEmpty()) {
        break;
      }
      for (InboxTable.PlacedRecord placed : arrived) {
        long done = placed.position() == place.position() ? place.watch() : 0;
        List<StandingWatch> watching = matching(placed, done);
        int taken = round.take(new Matched(placed, watching));
        if (round.full) {
          long last = taken == 0 ? done : watching.get(taken - 1).number();
          return new WatchTable.Place(placed.position(), last);
        }
        place = new WatchTable.Place(placed.position() + 1, 0);
      }
    }
    return place;
  }

  /** The watches after a number that a message matches, in their order. */
  private List<StandingWatch> matching(InboxTable.PlacedRecord placed, long after) {
    // A restricted message is redelivered once the restriction is lifted.
    if (placed.isDamaged() || placed.record().getRestricted()) {
      return List.of();
    }
    try {
      InboxOpener.Message message = opening.message(placed, label -> true).orElse(null);
      Body body = message == null ? null : message.body();
      if (message == null || body == null) {
        return List.of();
      }
      long now = clock.millis();
      return watches.watching(IndexTerms.of(message.label(), body)).stream()
          .filter(
              watch ->
                  watch.number() > after
                      && placed.position() > watch.record().getAfterPosition()
                      && !watch.isOver(now)
                      && mayWatch.test(watch.client())
                      && watch.match().mayGive(placed)
                      && watch.match().matches(message.label()))
          .toList();
    } catch (RuntimeException | StackOverflowError e) {
      if (ProcessingFailure.isOfTheMachine(e)) {
        throw e;
      }
      LOG.warn(
          "the message at position {} cannot be matched against watches: {}",
          placed.position(),
          ProcessingFailure.of(e).what());
      return List.of();
    }
  }

  /** Stores the matches that still exist, together with the progress; returns the hits. */
  private List<WatchMatch> record(Transaction tx, Round round) {
    round.reached.forEach((lane, place) -> WatchTable.of(ledger).place(tx, lane, place));
    Map<Long, Boolean> standing = new HashMap<>();
    Map<Long, List<WatchMatch>> byWatch = new LinkedHashMap<>();
    Map<String, List<WatchMatch>> byClient = new LinkedHashMap<>();
    for (Matched one : round.found) {
      if (!HitVisibility.isStill(tx, ledger, one.placed())) {
        continue;
      }
      for (StandingWatch watch : one.watches()) {
        if (standing.computeIfAbsent(watch.number(), number -> isStanding(tx, number))) {
          WatchMatch match = new WatchMatch(watch, one.placed());
          byWatch.computeIfAbsent(watch.number(), number -> new ArrayList<>()).add(match);
          byClient.computeIfAbsent(watch.client(), client -> new ArrayList<>()).add(match);
        }
      }
    }
    byClient.forEach((client, hits) -> add(tx, client, hits));
    byWatch.values().forEach(hits -> tx.audit(leaf(tx, hits.get(0).watch(), hits)));
    return byWatch.values().stream().flatMap(List::stream).toList();
  }

  private void add(Transaction tx, String client, List<WatchMatch> found) {
    List<WatchHit> hits = found.stream().map(one -> one.hit(tx.nowMillis())).toList();
    long lost = WatchTable.of(ledger).add(tx, client, hits, MAX_HITS);
    // Each of the latest has taken the place of one.
    Map<String, Long> lostTo =
        found.subList(found.size() - (int) Math.min(lost, found.size()), found.size()).stream()
            .collect(Collectors.groupingBy(WatchMatch::origin, Collectors.counting()));
    tx.afterCommit(() -> lostTo.forEach((origin, count) -> lost(client, origin, count)));
  }

  /** An origin that floods a watch hides from its client what it has not read yet. */
  private void lost(String client, String origin, long count) {
    meters.watchHitsLost(new AgencyName(origin), count);
    lines
        .line(client + " " + origin, "unread hits gave way to hits of messages from " + origin)
        .ifPresent(text -> LOG.warn("client {}: {}", client, text));
  }

  private boolean isStanding(Transaction tx, long watch) {
    return WatchTable.of(ledger).read(tx, watch) != null;
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
                hits.stream().map(hit -> new AgencyName(hit.origin())).distinct().toList(),
                null))
        .saying("watch " + watch.number() + ": " + hits.size() + " hit");
  }
}
