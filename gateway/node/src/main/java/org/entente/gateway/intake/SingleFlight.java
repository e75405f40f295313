package org.entente.gateway.intake;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Work of which only one runs for a key; concurrent callers get its answer. Safe for many threads.
 */
public final class SingleFlight<K, V> {
  private final Map<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();

  /** Runs work, unless some for the key is under way; its answer. */
  public CompletableFuture<V> run(K key, Supplier<CompletableFuture<V>> work) {
    CompletableFuture<V> done = new CompletableFuture<>();
    CompletableFuture<V> before = running.putIfAbsent(key, done);
    if (before != null) {
      return before;
    }
    CompletableFuture<V> made;
    try {
      made = work.get();
    } catch (RuntimeException | Error e) {
      // Also an error: otherwise no later work for this key would ever run.
      made = CompletableFuture.failedFuture(e);
    }
    return made.whenComplete(
        (answer, failure) -> {
          running.remove(key);
          if (failure != null) {
            done.completeExceptionally(failure);
          } else {
            done.complete(answer);
          }
        });
  }
}
