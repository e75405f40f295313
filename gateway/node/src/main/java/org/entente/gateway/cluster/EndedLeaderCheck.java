package org.entente.gateway.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has this node stand for election as soon as the process of the leader has ended. Ratis notices
 * only that a leader is silent: it looks once in each random time-out, so that up to four election
 * time-outs pass.
 *
 * <p>A connection that ends is the reason to look. Only an address that refuses connections shows
 * that no process listens there. A leader that hangs, or that the network keeps away, does not
 * refuse; for those the time-outs of Ratis decide, as before. An election that is not needed
 * changes the leader and harms nothing else: neither Raft nor {@link LeaderLease} rests on when
 * nodes stand.
 *
 * <p>Nodes stand in turns, so that they do not divide the votes. They tell each other the last
 * entries of their logs: the one that is furthest stands first, since no node elects one that lacks
 * entries that it has. An attempt that fails is dear: it begins a new term, in which Ratis lets
 * nobody stand before a time-out. An answer that is late, old or wrong may bring just that about,
 * and nothing else. Safe for many threads.
 */
final class EndedLeaderCheck {
  private static final Logger LOG = LoggerFactory.getLogger(EndedLeaderCheck.class);

  /** A process that ends closes connections and ports one after the other, within some seconds. */
  private static final int LOOKS = 20;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  /** Of a node that does not answer: before all logs, also before an empty one. */
  private static final TermIndex SILENT = TermIndex.valueOf(-1, -1);

  /** The cluster, as this node knows it. */
  interface Cluster {
    /** The other node that this one follows; empty if it leads, or knows of no leader. */
    Optional<String> leader();

    /** The names of all nodes. */
    Collection<String> names();

    /** The last entry of a node's log; fails if the node does not answer in time. Does not wait. */
    CompletableFuture<TermIndex> lastEntry(String node);

    /** Stands for election in the term after that of this leader. */
    void standInsteadOf(String leader);
  }

  /** Runs a task on another thread after a time. */
  interface Later {
    /** Does not wait. */
    void after(Duration time, Runnable task);
  }

  private final String self;
  private final Cluster cluster;
  private final Predicate<String> refuses;
  private final Duration turn;
  private final Later later;
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * A check that has nothing to do yet.
   *
   * @param refuses whether nothing listens at the address of the node with this name; may wait
   * @param turn how long the next node waits for the election of the one before
   */
  EndedLeaderCheck(
      String self, Cluster cluster, Predicate<String> refuses, Duration turn, Later later) {
    this.self = self;
    this.cluster = cluster;
    this.refuses = refuses;
    this.turn = turn;
    this.later = later;
  }

  /** A connection from another node ended, and it may have been the leader's. Does not wait. */
  void connectionEnded() {
    Optional<String> leader = cluster.leader();
    if (leader.isPresent() && looking.compareAndSet(false, true)) {
      later.after(Duration.ZERO, () -> look(leader.get(), LOOKS));
    }
  }

  private void look(String leader, int looks) {
    if (follows(leader) && refuses.test(leader)) {
      looking.set(false);
      askForLastEntries(leader);
    } else if (follows(leader) && looks > 1) {
      later.after(BETWEEN_LOOKS, () -> look(leader, looks - 1));
    } else {
      looking.set(false);
    }
  }

  private boolean follows(String leader) {
    return cluster.leader().equals(Optional.of(leader));
  }

  private void askForLastEntries(String leader) {
    Map<String, CompletableFuture<TermIndex>> asked = new HashMap<>();
    cluster.names().stream()
        .filter(name -> !name.equals(leader))
        .forEach(name -> asked.put(name, cluster.lastEntry(name)));
    var unused =
        CompletableFuture.allOf(asked.values().toArray(new CompletableFuture<?>[0]))
            .whenComplete((all, failure) -> awaitTurn(leader, asked));
  }

  /** On a thread of the network, which must not stand for election itself. */
  private void awaitTurn(String leader, Map<String, CompletableFuture<TermIndex>> asked) {
    Map<String, TermIndex> answers = new HashMap<>();
    asked.forEach(
        (name, last) -> {
          if (!last.isCompletedExceptionally()) {
            answers.put(name, last.join());
          }
        });
    int own = turns(asked.keySet(), answers).indexOf(self);
    if (own >= 0) {
      later.after(turn.multipliedBy(own), () -> stand(leader));
    }
  }

  /**
   * The order in which nodes stand: who is furthest first, and of those that are equally far the
   * first by name. Last come those that did not answer, which may have failed too.
   *
   * @param answers the last entries of those that answered
   */
  static List<String> turns(Collection<String> names, Map<String, TermIndex> answers) {
    return names.stream()
        .sorted(
            Comparator.<String, TermIndex>comparing(
                    name -> answers.getOrDefault(name, SILENT), Comparator.reverseOrder())
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private void stand(String leader) {
    if (follows(leader)) {
      LOG.info("the process of the leader {} has ended: this node stands for election", leader);
      cluster.standInsteadOf(leader);
    }
  }

  /**
   * Whether a machine says that nothing listens at its address. False if it accepts or does not
   * answer, and if it cannot be reached.
   *
   * @param patience the longest wait for its answer
   */
  static boolean refuses(String address, Duration patience) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(
              address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))),
          Math.toIntExact(patience.toMillis()));
      return false;
    } catch (ConnectException e) {
      // Java's other exceptions mean that no route leads there, or that nothing answered.
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
