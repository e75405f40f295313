package org.entente.gateway.feature.watch;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.proto.store.v1.WatchContent;
import org.entente.proto.store.v1.WatchRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All watches of a node in memory, indexed by term: a message costs one look-up for each of its
 * identifiers, however many watches there are. They are read from the ledger on creation. A watch
 * whose key has been destroyed no longer exists. Safe for use by several threads.
 */
final class StandingWatches {
  private static final Logger LOG = LoggerFactory.getLogger(StandingWatches.class);

  private final RecordSeal atRest;
  private final Desks desks;
  private final TreeMap<Long, StandingWatch> byNumber = new TreeMap<>();
  private final Map<String, List<StandingWatch>> byTerm = new HashMap<>();
  private final Map<String, Integer> ofClients = new HashMap<>();

  StandingWatches(WatchTable book, RecordSeal atRest, Desks desks) {
    this.desks = desks;
    this.atRest = atRest;
    for (WatchTable.Entry entry : book.all()) {
      open(entry)
          .ifPresentOrElse(
              this::add, () -> LOG.warn("watch {} can no longer be opened", entry.number()));
    }
  }

  private Optional<StandingWatch> open(WatchTable.Entry entry) {
    return atRest
        .open(
            WatchTable.contentPlace(entry.number()),
            entry.record().getSealedContent().toByteArray())
        .map(
            bytes -> {
              try {
                return StandingWatch.of(
                    entry.number(), entry.record(), WatchContent.parseFrom(bytes), desks);
              } catch (InvalidProtocolBufferException e) {
                throw new CorruptRecord("WATCH", e);
              }
            });
  }

  /** What is kept of a watch on the disk. */
  byte[] seal(long number, WatchContent content, WatchRecord.Builder record) {
    return atRest.seal(
        WatchTable.contentPlace(number),
        content.toByteArray(),
        Instant.ofEpochMilli(record.getUntilMs()));
  }

  synchronized void add(StandingWatch watch) {
    byNumber.put(watch.number(), watch);
    ofClients.merge(watch.client(), 1, Integer::sum);
    watch.terms().forEach(term -> byTerm.computeIfAbsent(term, t -> new ArrayList<>()).add(watch));
  }

  synchronized void remove(long number) {
    StandingWatch watch = byNumber.remove(number);
    if (watch != null) {
      ofClients.computeIfPresent(watch.client(), (client, count) -> count == 1 ? null : count - 1);
      for (String term : watch.terms()) {
        List<StandingWatch> others = byTerm.get(term);
        if (others != null) {
          others.remove(watch);
          if (others.isEmpty()) {
            byTerm.remove(term);
          }
        }
      }
    }
  }

  /** A client's watch; empty if it has none with this number. */
  synchronized Optional<StandingWatch> of(String client, long number) {
    return Optional.ofNullable(byNumber.get(number)).filter(it -> it.client().equals(client));
  }

  /** At most this many of a client's watches after a number, oldest first. */
  synchronized List<StandingWatch> of(String client, long after, int most) {
    return byNumber.tailMap(after, false).values().stream()
        .filter(it -> it.client().equals(client))
        .limit(most)
        .toList();
  }

  /** The watches of some clients for any of these terms, by number. */
  synchronized List<StandingWatch> watching(List<String> terms, Predicate<String> clients) {
    TreeMap<Long, StandingWatch> found = new TreeMap<>();
    for (String term : terms) {
      byTerm.getOrDefault(term, List.of()).stream()
          .filter(watch -> clients.test(watch.client()))
          .forEach(watch -> found.put(watch.number(), watch));
    }
    return List.copyOf(found.values());
  }

  /** A client's watches for just these terms, under just this filter. */
  synchronized List<StandingWatch> same(String client, Set<String> terms, ByteString filter) {
    return terms.stream()
        .limit(1)
        .flatMap(term -> byTerm.getOrDefault(term, List.of()).stream())
        .filter(it -> it.client().equals(client) && it.terms().equals(terms))
        .filter(it -> it.filter().toByteString().equals(filter))
        .toList();
  }

  /** At most this many of the watches that have ended at a time. */
  synchronized List<StandingWatch> over(long nowMillis, int most) {
    return byNumber.values().stream().filter(it -> it.isOver(nowMillis)).limit(most).toList();
  }

  /** The clients that have watches. */
  synchronized Set<String> clients() {
    return Set.copyOf(ofClients.keySet());
  }

  synchronized int count() {
    return byNumber.size();
  }

  synchronized int count(String client) {
    return ofClients.getOrDefault(client, 0);
  }

  /**
   * The least position from which some watch looks; {@code Long.MAX_VALUE} if there are no watches.
   */
  synchronized long earliest() {
    return byNumber.values().stream()
        .mapToLong(it -> it.record().getAfterPosition())
        .min()
        .orElse(Long.MAX_VALUE);
  }
}
