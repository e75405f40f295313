package org.entente.gateway.feature.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
import org.entente.proto.v1.OnBehalfOf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matches received messages against the watches, after reception. It reads committed messages, lane
 * by lane, and commits the hits together with its progress, so that each message is matched and
 * each hit counted once, even after a crash. Reception never waits for it.
 *
 * <p>Each client has an equal part of a round. One whose watches match more falls behind alone: it
 * has a place of its own until it has caught up.
 *
 * <p>A message that cannot be opened is skipped: delivery quarantines it. Once it can be opened it
 * is redelivered at the tail. Used by one thread at a time.
 */
final class WatchFollower {
  /** Hits of a client that are kept, the latest. */
  static final int MAX_HITS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(WatchFollower.class);

  /**
   * Messages matched in one round, and again for clients that are behind: few, so that a round
   * takes little processor time.
   */
  static final int AT_ONCE = 500;

  /**
   * Hits of one round, which are one change of the ledger: a FLASH waits for it. A message with
   * more is continued in the next round.
   */
  static final int MOST_HITS = 2_000;

  /** Persons whose watches a client's hits of one round are of: each has an audit leaf. */
  static final int MOST_PERSONS = 16;

  /** Messages matched without a hit before the progress is stored. */
  private static final int UNWRITTEN = 10_000;

  private static final int CHUNK = 64;

  /** Watches that a leaf names; its text is short. */
  private static final int MOST_NAMED = 20;

  private static final Duration LINES_APART = Duration.ofMinutes(10);

  private final AgencyName self;
  private final Ledger ledger;
  private final InboxOpener opening;
  private final StandingWatches watches;
  private final Predicate<String> mayWatch;
  private final InstantSource ending;
  private final Meters meters;
  private final LogRateLimit lines;
  private final Map<Lane, WatchTable.Progress> next = new EnumMap<>(Lane.class);
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

  /** A client's part of a round. */
  private static final class Share {
    private final Set<OnBehalfOf> persons = new HashSet<>();
    private int most;
    private int hits;

    Share(int most) {
      this.most = most;
    }

    boolean takes(StandingWatch watch) {
      boolean room =
          hits < most && (persons.size() < MOST_PERSONS || persons.contains(watch.person()));
      if (room) {
        persons.add(watch.person());
        hits++;
      }
      return room;
    }
  }

  /** What a round has found so far. */
  private static final class Round {
    private final Set<String> clients;
    private final Map<Lane, WatchTable.Progress> reached;
    private final Map<String, Share> shares = new HashMap<>();
    private final List<Matched> found = new ArrayList<>();
    private int messages;
    private int messagesBehind;

    Round(Set<String> clients, Map<Lane, WatchTable.Progress> from) {
      this.clients = clients;
      reached = new EnumMap<>(from);
    }

    boolean takes(StandingWatch watch) {
      return share(watch.client()).takes(watch);
    }

    private Share share(String of) {
      int most = Math.max(1, MOST_HITS / Math.max(1, clients.size()));
      return shares.computeIfAbsent(of, client -> new Share(most));
    }

    /** Gives the clients that are behind what the others have left; whether there is enough. */
    boolean sharesWhatIsLeft() {
      Set<String> behind =
          reached.values().stream()
              .flatMap(progress -> progress.behind().keySet().stream())
              .collect(Collectors.toSet());
      int left = MOST_HITS - shares.values().stream().mapToInt(share -> share.hits).sum();
      if (behind.isEmpty() || left < behind.size()) {
        return false;
      }
      behind.forEach(client -> share(client).most = share(client).hits + left / behind.size());
      return true;
    }
  }

  /** Clients that go through a lane together. */
  private static final class Pass {
    private final Set<String> clients;
    private final boolean others;
    private final Map<String, WatchTable.Place> behind;
    private final Map<String, Long> done = new HashMap<>();
    private long position;

    /**
     * A pass of these clients, from a position.
     *
     * @param others whether also clients that appear meanwhile take part
     * @param behind clients that have a place of their own
     */
    Pass(Set<String> clients, boolean others, Map<String, WatchTable.Place> behind, long position) {
      this.clients = clients;
      this.others = others;
      this.behind = behind;
      this.position = position;
    }

    boolean has(String client) {
      return !behind.containsKey(client) && (others || clients.contains(client));
    }

    boolean isOver() {
      return behind.keySet().containsAll(clients);
    }

    /** Takes a message with its watches as far as the clients' shares reach. */
    void take(Matched matched, Round round) {
      List<StandingWatch> taken = new ArrayList<>();
      for (StandingWatch watch : matched.watches()) {
        String client = watch.client();
        if (has(client) && round.takes(watch)) {
          taken.add(watch);
          done.put(client, watch.number());
        } else if (has(client)) {
          behind.put(client, new WatchTable.Place(position, done.getOrDefault(client, 0L)));
        }
      }
      if (!taken.isEmpty()) {
        round.found.add(new Matched(matched.placed(), taken));
      }
      done.clear();
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
    this.ending = parts.ending();
    this.meters = parts.meters();
    this.lines = new LogRateLimit(parts.clock(), LINES_APART);
    for (Lane lane : Lane.all()) {
      next.put(lane, WatchTable.of(ledger).progress(lane, watches.clients()));
    }
  }

  /** Matches some of the received messages, FLASH first. */
  void round() {
    long earliest = watches.earliest();
    if (earliest == Long.MAX_VALUE) {
      // A watch added from now on applies only to later messages.
      return;
    }
    Round round = new Round(watches.clients(), next);
    for (Lane lane : Lane.all()) {
      Map<String, WatchTable.Place> behind = catchUp(lane, earliest + 1, round);
      Pass pass = new Pass(round.clients, true, behind, head(lane, earliest + 1, round));
      round.messages += follow(lane, pass, Long.MAX_VALUE, AT_ONCE - round.messages, round);
      round.reached.put(lane, new WatchTable.Progress(pass.position, behind));
    }
    if (round.sharesWhatIsLeft()) {
      for (Lane lane : Lane.all()) {
        Map<String, WatchTable.Place> behind = catchUp(lane, earliest + 1, round);
        long head = head(lane, earliest + 1, round);
        round.reached.put(lane, new WatchTable.Progress(head, behind));
      }
    }
    unwritten += round.messages + round.messagesBehind;
    if (!round.found.isEmpty() || unwritten >= UNWRITTEN) {
      List<WatchMatch> hits = ledger.commit(Lane.ROUTINE, tx -> record(tx, round));
      hits.forEach(hit -> meters.watchHit(hit.placed().record().getExercise()));
      unwritten = 0;
    }
    next.putAll(round.reached);
  }

  private static long head(Lane lane, long first, Round round) {
    return Math.max(reached(lane, round).position(), first);
  }

  private static WatchTable.Progress reached(Lane lane, Round round) {
    return round.reached.getOrDefault(lane, WatchTable.Progress.NONE);
  }

  /** Matches messages for clients that are behind; gives the places of those that still are. */
  private Map<String, WatchTable.Place> catchUp(Lane lane, long first, Round round) {
    long head = head(lane, first, round);
    Map<String, WatchTable.Place> behind = new HashMap<>(reached(lane, round).behind());
    behind.keySet().retainAll(round.clients);
    behind.values().removeIf(place -> place.position() >= head);
    TreeMap<Long, Map<String, Long>> groups = new TreeMap<>();
    behind.forEach(
        (client, place) ->
            groups
                .computeIfAbsent(place.position(), position -> new HashMap<>())
                .put(client, place.watch()));
    groups.forEach((position, done) -> catchUp(lane, head, position, done, behind, round));
    return behind;
  }

  /** Matches messages for clients that are behind at the same position. */
  private void catchUp(
      Lane lane,
      long head,
      long position,
      Map<String, Long> done,
      Map<String, WatchTable.Place> behind,
      Round round) {
    int most = AT_ONCE - round.messagesBehind;
    if (most == 0) {
      return;
    }
    behind.keySet().removeAll(done.keySet());
    Pass pass = new Pass(done.keySet(), false, behind, position);
    pass.done.putAll(done);
    round.messagesBehind += follow(lane, pass, head, most, round);
    if (pass.position < head) {
      done.keySet()
          .forEach(client -> behind.putIfAbsent(client, new WatchTable.Place(pass.position, 0)));
    }
  }

  /** Takes a pass on, at most to a position and over a number of messages; returns how many. */
  private int follow(Lane lane, Pass pass, long end, int most, Round round) {
    int messages = 0;
    while (messages < most && !pass.isOver()) {
      List<InboxTable.PlacedRecord> arrived =
          ledger.inbox().read(lane, pass.position, Math.min(CHUNK, most - messages));
      for (InboxTable.PlacedRecord placed : arrived) {
        if (pass.isOver()) {
          return messages;
        }
        if (placed.position() >= end) {
          pass.position = end;
          return messages;
        }
        if (placed.position() > pass.position) {
          pass.done.clear();
          pass.position = placed.position();
        }
        pass.take(new Matched(placed, matching(placed, pass)), round);
        pass.position++;
        messages++;
      }
      if (arrived.isEmpty()) {
        pass.position = end == Long.MAX_VALUE ? pass.position : end;
        return messages;
      }
    }
    return messages;
  }

  /** The watches of a pass that a message matches, in their order. */
  private List<StandingWatch> matching(InboxTable.PlacedRecord placed, Pass pass) {
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
      long now = ending.millis();
      return watches.watching(IndexTerms.indexed(message.label(), body), pass::has).stream()
          .filter(
              watch ->
                  watch.number() > pass.done.getOrDefault(watch.client(), 0L)
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
    round.reached.forEach((lane, place) -> WatchTable.of(ledger).progress(tx, lane, place));
    Map<Long, Boolean> standing = new HashMap<>();
    Map<String, List<WatchMatch>> byClient = new LinkedHashMap<>();
    for (Matched one : round.found) {
      if (!HitVisibility.isStill(tx, ledger, one.placed())) {
        continue;
      }
      for (StandingWatch watch : one.watches()) {
        if (standing.computeIfAbsent(watch.number(), number -> isStanding(tx, number))) {
          WatchMatch match = new WatchMatch(watch, one.placed());
          byClient.computeIfAbsent(watch.client(), client -> new ArrayList<>()).add(match);
        }
      }
    }
    byClient.forEach((client, hits) -> add(tx, client, hits));
    byClient.values().forEach(hits -> leaves(tx, hits));
    return byClient.values().stream().flatMap(List::stream).toList();
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

  /** One for each person: a leaf for each watch would let a client fill the log. */
  private void leaves(Transaction tx, List<WatchMatch> ofClient) {
    Map<OnBehalfOf, List<WatchMatch>> byPerson = new LinkedHashMap<>();
    ofClient.forEach(
        hit ->
            byPerson.computeIfAbsent(hit.watch().person(), person -> new ArrayList<>()).add(hit));
    byPerson.values().forEach(hits -> tx.audit(leaf(tx, hits.get(0).watch(), hits)));
  }

  private AuditRecord leaf(Transaction tx, StandingWatch watch, List<WatchMatch> hits) {
    return AuditRecord.of(
            AuditType.WATCH_HIT,
            LawCategory.COMBINATION,
            Instant.ofEpochMilli(tx.nowMillis()),
            AuditActor.client(self, new NodeName(watch.client()), watch.person()),
            new AuditSubject(
                null,
                hits.stream().map(WatchMatch::id).distinct().toList(),
                hits.stream().map(hit -> new AgencyName(hit.origin())).distinct().toList(),
                null))
        .saying(named(hits) + ": " + hits.size() + " hit");
  }

  private static String named(List<WatchMatch> hits) {
    List<Long> watches = hits.stream().map(hit -> hit.watch().number()).distinct().toList();
    String first =
        watches.stream().limit(MOST_NAMED).map(String::valueOf).collect(Collectors.joining(", "));
    return (watches.size() == 1 ? "watch " : "watches ")
        + first
        + (watches.size() > MOST_NAMED
            ? " and %d more".formatted(watches.size() - MOST_NAMED)
            : "");
  }
}
