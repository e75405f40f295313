package org.entente.gateway.cluster;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
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

  /** A node that takes longer to fail is silent, and is left alone for a while. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** For so long; attempts are made each minute. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final Supplier<Map<String, ErasureAppender>> nodes;
  private final Map<String, Journal> journals = new ConcurrentHashMap<>();
  private final Executor threads;
  private final LongSupplier nanos;

  /**
   * The journals.
   *
   * @param nodes those of the moment, by name; each call ends in a limited time
   * @param threads where they are called, all at once
   * @param nanos a clock that only advances, in nanoseconds
   */
  OtherJournals(
      Supplier<Map<String, ErasureAppender>> nodes, Executor threads, LongSupplier nanos) {
    this.nodes = nodes;
    this.threads = threads;
    this.nanos = nanos;
  }

  /** One journal, and what it took while another did not. */
  private static final class Journal {
    private final String name;
    private final LongSupplier nanos;
    private final Set<ByteString> taken = new HashSet<>();
    private Optional<Silence> silence = Optional.empty();

    private record Silence(long since, String why) {}

    Journal(String name, LongSupplier nanos) {
      this.name = name;
      this.nanos = nanos;
    }

    /**
     * Why the node may not have them; empty if it has. Those who wait for a silent node hold up all
     * other erasures, so it is not asked again for a while.
     */
    synchronized Optional<String> append(ErasureAppender node, List<ByteString> records) {
      List<ByteString> missing = records.stream().filter(one -> !taken.contains(one)).toList();
      long began = nanos.getAsLong();
      if (!missing.isEmpty()
          && silence.filter(one -> began - one.since() < PAUSE.toNanos()).isPresent()) {
        return silence.map(Silence::why);
      }
      try {
        if (!missing.isEmpty()) {
          node.append(ByteString.copyFrom(missing).toByteArray());
        }
      } catch (IOException e) {
        String why = "node " + name + ": " + e.getMessage();
        long now = nanos.getAsLong();
        silence =
            now - began < SILENCE.toNanos() ? Optional.empty() : Optional.of(new Silence(now, why));
        return Optional.of(why);
      }
      silence = Optional.empty();
      if (taken.size() > REMEMBERED) {
        taken.clear();
      }
      taken.addAll(missing);
      return Optional.empty();
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
      List<CompletableFuture<Optional<String>>> calls =
          now.entrySet().stream()
              .sorted(Map.Entry.comparingByKey())
              .map(
                  node ->
                      CompletableFuture.supplyAsync(
                          () -> journal(node.getKey()).append(node.getValue(), records), threads))
              .toList();
      for (CompletableFuture<Optional<String>> call : calls) {
        String failure = call.get().orElse(null);
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

  private Journal journal(String node) {
    return journals.computeIfAbsent(node, name -> new Journal(name, nanos));
  }
}
