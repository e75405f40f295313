package org.entente.gateway.cluster;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.store.FileMirror;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attachments of a cluster, as the leader of a term copies them: a file that was copied is on
 * most nodes, so that any later leader can find it.
 *
 * <p>A file of another node may have been written by an earlier leader, in parts that no majority
 * had. So the first copy of each file in a term compares hashes, and starts again where they
 * differ.
 */
final class LeaderFiles implements FileMirror {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderFiles.class);

  /** Files of which it is remembered how far they were copied; others are compared again. */
  private static final int REMEMBERED = 10_000;

  /** Files that are copied to one node at once, each with a part in memory. */
  static final int AT_ONCE = 4;

  /** How often a file that nodes refuse is copied again, while the nodes change. */
  private static final int ATTEMPTS = 8;

  /** Patiences in which nothing arrives, while files of 2 GiB are compared here and there. */
  private static final int PATIENCES_TO_COMPARE = 10;

  private final MirroredFolder own;
  private volatile List<Peer> peers;
  private volatile Quorum quorum;
  private final long term;
  private final BooleanSupplier leads;
  private final Duration patience;
  private final Executor threads;

  /** How often a majority did not take a file. Its last part is then sealed again: other bytes. */
  private final Map<String, Long> failedCopies = new ConcurrentHashMap<>();

  /**
   * How much of a file a node took.
   *
   * @param attempt after how many failed copies
   * @param exact whether it has no more than that: what followed may have arrived, or not
   */
  private record Reached(long length, long attempt, boolean exact) {}

  /** Another node, and how far its files are known to be equal to this node's. */
  private final class Peer {
    final String name;
    final FileNode node;
    final Cache<String, Reached> reached =
        Caffeine.newBuilder().executor(Runnable::run).maximumSize(REMEMBERED).build();

    /** Copies under way, by file; each completes when it ends. */
    final Map<String, CompletableFuture<Void>> copying = new ConcurrentHashMap<>();

    final Semaphore free = new Semaphore(AT_ONCE, /* fair= */ true);

    /** Parts of files that it took. */
    final AtomicLong parts = new AtomicLong();

    /** Files that are being compared with its own: nothing is sent meanwhile. */
    final AtomicInteger comparing = new AtomicInteger();

    /** Why it did not take a copy lately; empty if it did. */
    volatile String refusal = "";

    Peer(String name, FileNode node) {
      this.name = name;
      this.node = node;
    }

    /** False if it cannot be done now, such as while an earlier copy takes long. */
    boolean copy(String file) {
      CompletableFuture<Void> copy = new CompletableFuture<>();
      return copying.putIfAbsent(file, copy) == null && copy(file, copy);
    }

    /** The same once an earlier copy has ended, such as that of an upload. */
    boolean copyInTurn(String file) throws IOException {
      CompletableFuture<Void> copy = new CompletableFuture<>();
      long end = System.nanoTime() + patience.toNanos();
      try {
        for (CompletableFuture<Void> earlier = copying.putIfAbsent(file, copy);
            earlier != null;
            earlier = copying.putIfAbsent(file, copy)) {
          earlier.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
      } catch (TimeoutException e) {
        LOG.debug("an earlier copy of {} to {} takes long", file, name, e);
        return false;
      } catch (ExecutionException e) {
        throw new IOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      return copy(file, copy);
    }

    private boolean copy(String file, CompletableFuture<Void> copy) {
      boolean may = false;
      try {
        may = free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        return may && copyNow(file);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } finally {
        if (may) {
          free.release();
        }
        copying.remove(file);
        copy.complete(null);
      }
    }

    private boolean copyNow(String file) {
      try {
        long attempt = failedCopies.getOrDefault(file, 0L);
        Reached before = reached.getIfPresent(file);
        reached.invalidate(file);
        copy(file, before != null && before.attempt() == attempt ? before : null, attempt);
        refusal = "";
        return true;
      } catch (IOException | RuntimeException e) {
        // The edge of this thread: the next look tries again.
        LOG.debug("node {} did not take a copy of {}", name, file, e);
        refusal = String.valueOf(e.getMessage());
        return false;
      }
    }

    private void copy(String file, @Nullable Reached before, long attempt) throws IOException {
      long length = own.held(term, file, 0).length();
      if (length == 0) {
        throw new IOException("this node has no such file");
      }
      long at = begin(file, length, before);
      while (at < length) {
        requireLead();
        byte[] bytes = own.read(term, file, at, MirroredFolder.CALL_BYTES);
        if (bytes.length == 0) {
          throw new IOException("the file was removed meanwhile");
        }
        write(file, new Reached(at, attempt, false), bytes);
        at += bytes.length;
      }
      reached.put(file, new Reached(at, attempt, true));
    }

    /** What was equal before stays so; without this, a node that is full is compared each time. */
    private void write(String file, Reached before, byte[] bytes) throws IOException {
      try {
        node.write(term, file, before.length(), bytes);
        parts.incrementAndGet();
      } catch (IOException e) {
        reached.put(file, before);
        throw e;
      }
    }

    /** Where to go on. */
    private long begin(String file, long length, @Nullable Reached before) throws IOException {
      if (before == null || before.length() > length) {
        comparing.incrementAndGet();
        try {
          return equal(file, length);
        } finally {
          comparing.decrementAndGet();
        }
      }
      if (!before.exact()) {
        node.write(term, file, before.length(), new byte[0]);
      }
      return before.length();
    }

    /** How far the two are equal; the other one has no more than that afterwards. */
    private long equal(String file, long length) throws IOException {
      FileNode.Held theirs = node.held(term, file, length);
      long common = Math.min(length, theirs.length());
      boolean same = own.held(term, file, common).sha256().equals(theirs.sha256());
      if (!same || theirs.length() > length) {
        node.write(term, file, same ? common : 0, new byte[0]);
      }
      return same ? common : 0;
    }
  }

  /**
   * The files in a term.
   *
   * @param others the other nodes by name
   * @param leads whether the term lasts
   * @param patience the longest wait for a majority
   * @param threads where other nodes are asked, several at once
   */
  LeaderFiles(
      MirroredFolder own,
      Map<String, FileNode> others,
      long term,
      BooleanSupplier leads,
      Duration patience,
      Executor threads) {
    this.own = own;
    this.term = term;
    this.leads = leads;
    this.patience = patience;
    this.threads = threads;
    this.peers =
        others.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(node -> new Peer(node.getKey(), node.getValue()))
            .toList();
    this.quorum = Quorum.of(others.keySet());
  }

  long term() {
    return term;
  }

  /**
   * A node is about to take the place of another: from now on a copy is on most of the nodes before
   * and on most of those after. On return this holds for all files that this node has.
   *
   * @throws IOException if too few take one; {@link #settle} undoes the rest
   */
  void admit(String old, String name, FileNode node) throws IOException {
    Peer joining = new Peer(name, node);
    List<Peer> others = peers.stream().filter(peer -> !peer.name.equals(old)).toList();
    synchronized (this) {
      peers = Stream.concat(peers.stream(), Stream.of(joining)).toList();
      quorum = quorum.replacing(old, name);
    }
    List<Peer> asked = Stream.concat(others.stream(), Stream.of(joining)).toList();
    for (String file : own.files(term).keySet()) {
      // One file after the other, and the new node first: copies of all files at once would take
      // the memory of both. The node that leaves is down, and nobody waits for it.
      copyWhileItMoves(file, List.of(joining), some -> !some.isEmpty());
      copyWhileItMoves(file, asked, quorum::isReachedWith);
    }
  }

  /**
   * Copies a file, for as long as parts of any file arrive at one of the nodes: a large one may
   * take longer than a client waits. One that is gone, or has no bytes yet, needs no copy.
   *
   * @param isEnough whether these nodes are
   * @throws IOException naming the file, and the nodes that did not take it
   */
  private void copyWhileItMoves(String file, List<Peer> asked, Predicate<Set<String>> isEnough)
      throws IOException {
    int refused = 0;
    int silent = 0;
    while (own.held(term, file, 0).length() > 0) {
      requireLead();
      long began = System.nanoTime();
      long parts = parts(asked);
      Set<String> took = ask(asked, peer -> peer.copyInTurn(file) ? true : null, isEnough).keySet();
      if (isEnough.test(took)) {
        return;
      }
      if (System.nanoTime() - began < patience.toNanos()) {
        refused++;
        if (refused == ATTEMPTS) {
          throw new IOException(
              "too few machines take attachment %s: %s".formatted(file, refusals(asked)));
        }
        continue;
      }
      silent = parts(asked) == parts ? silent + 1 : 0;
      if (silent > (isComparing(asked) ? PATIENCES_TO_COMPARE : 0)) {
        throw new IOException(
            "nothing of attachment %s reached %s for %d s: look at their network and disks"
                .formatted(file, others(asked, took), silent * patience.toSeconds()));
      }
    }
  }

  private static boolean isComparing(List<Peer> asked) {
    return asked.stream().anyMatch(peer -> peer.comparing.get() > 0);
  }

  private static long parts(List<Peer> asked) {
    return asked.stream().mapToLong(peer -> peer.parts.get()).sum();
  }

  private static String others(List<Peer> asked, Set<String> took) {
    return asked.stream()
        .map(peer -> peer.name)
        .filter(name -> !took.contains(name))
        .collect(Collectors.joining(", "));
  }

  private static String refusals(List<Peer> asked) {
    return asked.stream()
        .filter(peer -> !peer.refusal.isEmpty())
        .map(peer -> peer.name + ": " + peer.refusal)
        .collect(Collectors.joining("; "));
  }

  /** Ends {@link #admit}: the new node has taken the place of the other one, or has not. */
  synchronized void settle(boolean replaced) {
    Set<String> names = replaced ? quorum.after() : quorum.before();
    peers = peers.stream().filter(peer -> names.contains(peer.name)).toList();
    quorum = Quorum.of(names);
  }

  private void requireLead() throws IOException {
    if (!leads.getAsBoolean()) {
      throw new IOException("this node no longer leads");
    }
  }

  @Override
  public boolean isShared() {
    return true;
  }

  @Override
  public void requireHere() throws IOException {
    own.requireFolder();
  }

  /**
   * A node is about to leave: from now on a copy is on most of the nodes before and on most of
   * those after. On return this holds for all files that this node has.
   *
   * @throws IOException if too few take one; {@link #settle} undoes the rest
   */
  void release(String name) throws IOException {
    synchronized (this) {
      quorum = quorum.without(name);
    }
    for (String file : own.files(term).keySet()) {
      copyWhileItMoves(file, peers, quorum::isReachedWith);
    }
  }

  @Override
  public void change(String name, Runnable change) throws IOException {
    requireLead();
    own.change(term, name, change);
  }

  @Override
  public void copy(String name) throws IOException {
    requireLead();
    Quorum needed = quorum;
    Set<String> made =
        ask(peers, peer -> peer.copy(name) ? true : null, needed::isReachedWith).keySet();
    if (!needed.isReachedWith(made)) {
      failedCopies.merge(name, 1L, Long::sum);
      throw new IOException(
          "%d of %d machines have the file; at least %d must"
              .formatted(1 + made.size(), needed.before().size() + 1, needed.most()));
    }
  }

  @Override
  public boolean copyToAll(String name) {
    Set<String> all = peers.stream().map(peer -> peer.name).collect(Collectors.toSet());
    return leads.getAsBoolean()
        && askAll(peer -> peer.copy(name) ? true : null).keySet().containsAll(all);
  }

  @Override
  public void resume(String name, long from, long most) throws IOException {
    requireLead();
    Map<String, Holding> answers = askAll(peer -> new Holding(peer, peer.node.held(term, name, 0)));
    Set<String> others = quorum.before();
    if (!quorum.isMetBy(answers.keySet())) {
      throw new IOException(
          "%d of %d other machines answered; at least %d must"
              .formatted(answers.size(), others.size(), others.size() + 1 - quorum.most()));
    }
    Holding longest = null;
    for (Holding one : answers.values()) {
      if (longest == null || one.held().length() > longest.held().length()) {
        longest = one;
      }
    }
    if (longest != null
        && longest.held().length() > from
        && !takes(name, longest.peer(), from, Math.min(longest.held().length(), most))) {
      throw new IOException(
          "machine " + longest.peer().name + " does not give what it has of the file");
    }
  }

  @Override
  public boolean restore(String name, byte[] sha256, long length, boolean replaceable)
      throws IOException {
    FileNode.Held wanted = new FileNode.Held(length, HexFormat.of().formatHex(sha256));
    if (has(own, name, wanted)) {
      return true;
    }
    requireLead();
    Set<String> lacking = ConcurrentHashMap.newKeySet();
    List<Peer> left = new ArrayList<>(peers);
    List<String> failing = new ArrayList<>();
    for (Peer peer = having(left, name, wanted, lacking);
        peer != null;
        peer = having(left, name, wanted, lacking)) {
      if (takes(name, peer, 0, length) && has(own, name, wanted)) {
        return true;
      }
      left.remove(peer);
      failing.add(peer.name);
    }
    if (!failing.isEmpty()) {
      throw new IOException(
          "machines say that they have the file, and do not give it: look at the disks of "
              + String.join(", ", failing));
    }
    if (!(replaceable ? quorum.isReachedWith(lacking) : lacking.containsAll(quorum.before()))) {
      throw new IOException("machines that did not answer may have the file");
    }
    return false;
  }

  /** The first of some machines to say that it has a file; null if none does. */
  private @Nullable Peer having(
      List<Peer> asked, String name, FileNode.Held wanted, Set<String> lacking) {
    Map<String, Peer> having =
        ask(
            asked,
            peer -> {
              boolean has = has(peer.node, name, wanted);
              if (!has) {
                lacking.add(peer.name);
              }
              return has ? peer : null;
            },
            some -> !some.isEmpty());
    return having.isEmpty() ? null : having.values().iterator().next();
  }

  private boolean has(FileNode node, String name, FileNode.Held wanted) throws IOException {
    return node.held(term, name, Long.MAX_VALUE).equals(wanted);
  }

  /** Takes bytes of a file; false if the other machine does not give all of them. */
  private boolean takes(String name, Peer peer, long from, long to) throws IOException {
    for (long at = from; at < to; ) {
      byte[] bytes = part(name, peer, at, (int) Math.min(MirroredFolder.CALL_BYTES, to - at));
      if (bytes.length == 0) {
        return false;
      }
      requireLead();
      own.write(term, name, at, bytes);
      at += bytes.length;
    }
    LOG.info("took {} bytes of attachment {} of node {}", to - from, name, peer.name);
    return true;
  }

  /** Empty if it gives none, or more than it was asked for. */
  private byte[] part(String name, Peer peer, long at, int most) {
    return answer(peer, it -> it.node.read(term, name, at, most))
        .filter(bytes -> bytes.length <= most)
        .orElseGet(() -> new byte[0]);
  }

  private record Holding(Peer peer, FileNode.Held held) {}

  @Override
  public Set<String> retain(Predicate<String> kept) {
    Iterator<Set<String>> held = askAll(peer -> keep(peer, kept)).values().iterator();
    Set<String> common = held.hasNext() ? new HashSet<>(held.next()) : new HashSet<>();
    held.forEachRemaining(common::retainAll);
    return common;
  }

  private Set<String> keep(Peer peer, Predicate<String> kept) throws IOException {
    Set<String> names = new HashSet<>(peer.node.files(term).keySet());
    List<String> over = names.stream().filter(name -> !kept.test(name)).toList();
    if (!over.isEmpty()) {
      requireLead();
      peer.node.remove(term, over);
      over.forEach(names::remove);
    }
    peer.reached.asMap().keySet().retainAll(names);
    failedCopies.keySet().removeIf(name -> !kept.test(name));
    return names;
  }

  @Override
  public void background(Runnable task) {
    threads.execute(task);
  }

  /** A question to a node; null if it has no answer that counts. */
  @FunctionalInterface
  private interface Question<T> {
    @Nullable T to(Peer peer) throws IOException;
  }

  private <T> Map<String, T> askAll(Question<T> question) {
    return ask(peers, question, some -> false);
  }

  /** Asks all at once, and waits until enough have given an answer that counts, or all. */
  private <T> Map<String, T> ask(
      List<Peer> asked, Question<T> question, Predicate<Set<String>> isEnough) {
    BlockingQueue<Map.Entry<String, Optional<T>>> answers = new LinkedBlockingQueue<>();
    try {
      asked.forEach(
          peer -> threads.execute(() -> answers.add(Map.entry(peer.name, answer(peer, question)))));
    } catch (RejectedExecutionException e) {
      // The node is stopping.
      return Map.of();
    }
    Map<String, T> counted = new LinkedHashMap<>();
    long end = System.nanoTime() + patience.toNanos();
    try {
      for (int i = 0; i < asked.size() && !isEnough.test(counted.keySet()); i++) {
        Map.Entry<String, Optional<T>> next =
            answers.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (next == null) {
          break;
        }
        next.getValue().ifPresent(answer -> counted.put(next.getKey(), answer));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return counted;
  }

  private <T> Optional<T> answer(Peer peer, Question<T> question) {
    try {
      return Optional.ofNullable(question.to(peer));
    } catch (IOException | RuntimeException e) {
      // The edge of this thread.
      LOG.debug("node {} did not answer about attachments", peer.name, e);
      return Optional.empty();
    }
  }
}
