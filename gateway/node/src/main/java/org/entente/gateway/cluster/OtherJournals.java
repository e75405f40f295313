package org.entente.gateway.cluster;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The erasure journals of the other nodes. Records that one of them fails to take are brought again
 * by the caller; those that have them do not get them twice. Safe for many threads.
 */
final class OtherJournals {
  /**
   * Records of which it is remembered that a node has them; others are sent to it again. More than
   * the erasures that a leader begins while it can end none.
   */
  static final int REMEMBERED = 120_000;

  /** Callers hold up all other erasures, so they wait for no node any longer. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Optional<String> NONE = Optional.empty();

  private final Supplier<Map<String, ErasureAppender>> nodes;
  private final Map<String, Journal> journals = new ConcurrentHashMap<>();
  private final Executor threads;
  private final Duration patience;

  /**
   * The journals.
   *
   * @param nodes those of the moment, by name; each call ends in a limited time
   * @param threads where they are called, all at once
   * @param patience after which a node that has not answered is silent: nobody waits for it before
   *     it has taken what it was sent
   */
  OtherJournals(Supplier<Map<String, ErasureAppender>> nodes, Executor threads, Duration patience) {
    this.nodes = nodes;
    this.threads = threads;
    this.patience = patience;
  }

  /** One journal, and what it took while another did not. */
  private static final class Journal {
    private final String name;
    private final Set<ByteString> taken = new HashSet<>();
    private CompletableFuture<Optional<String>> call = CompletableFuture.completedFuture(NONE);
    private boolean silent;

    Journal(String name) {
      this.name = name;
    }

    /**
     * Why the node may not have them; empty if it has. At once if the node is silent; it is sent
     * them nevertheless, unless an earlier call still waits for it.
     */
    synchronized CompletableFuture<Optional<String>> append(
        ErasureAppender node, List<ByteString> records, Executor threads) {
      if (missing(records).isEmpty()) {
        return CompletableFuture.completedFuture(NONE);
      }
      if (!silent || call.isDone()) {
        call = call.handleAsync((before, failure) -> send(node, records), threads);
      }
      return silent ? CompletableFuture.completedFuture(isSilent()) : call;
    }

    private Optional<String> send(ErasureAppender node, List<ByteString> records) {
      List<ByteString> missing = missing(records);
      try {
        if (!missing.isEmpty()) {
          node.append(ByteString.copyFrom(missing).toByteArray());
        }
      } catch (IOException e) {
        return Optional.of("node " + name + ": " + e.getMessage());
      }
      took(missing);
      return NONE;
    }

    private synchronized List<ByteString> missing(List<ByteString> records) {
      return records.stream().filter(one -> !taken.contains(one)).toList();
    }

    private synchronized void took(List<ByteString> records) {
      silent = false;
      if (taken.size() > REMEMBERED) {
        taken.clear();
      }
      taken.addAll(records);
    }

    /** Unless it has just answered. */
    synchronized Optional<String> fallsSilent() {
      silent = !call.isDone();
      return isSilent();
    }

    private Optional<String> isSilent() {
      return Optional.of("node " + name + " does not answer");
    }

    synchronized void end(List<ByteString> records) {
      records.forEach(taken::remove);
    }
  }

  /**
   * Has all journals take records; they are durable there on return.
   *
   * @throws IOException naming a node that may not have them
   */
  void append(List<ByteString> records) throws IOException {
    Map<String, ErasureAppender> now = nodes.get();
    // One that has left, and comes back, may have lost what it took.
    journals.keySet().retainAll(now.keySet());
    try {
      Map<Journal, CompletableFuture<Optional<String>>> calls = new LinkedHashMap<>();
      new TreeMap<>(now)
          .forEach(
              (name, node) -> {
                Journal journal = journals.computeIfAbsent(name, Journal::new);
                calls.put(journal, journal.append(node, records, threads));
              });
      long end = System.nanoTime() + patience.toNanos();
      for (Map.Entry<Journal, CompletableFuture<Optional<String>>> call : calls.entrySet()) {
        String failure = answer(call.getKey(), call.getValue(), end).orElse(null);
        if (failure != null) {
          throw new IOException(failure);
        }
      }
    } catch (ExecutionException | RejectedExecutionException e) {
      throw new IOException("records of erasures cannot be sent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while others took records of erasures", e);
    }
    journals.values().forEach(one -> one.end(records));
  }

  private static Optional<String> answer(
      Journal journal, CompletableFuture<Optional<String>> call, long end)
      throws ExecutionException, InterruptedException {
    try {
      return call.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return journal.fallsSilent();
    }
  }
}
