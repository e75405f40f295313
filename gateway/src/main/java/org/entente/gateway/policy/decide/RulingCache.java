package org.entente.gateway.policy.decide;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.util.function.Function;
import org.entente.gateway.policy.terms.Transfer;

/**
 * Bounded memory of rulings, by their {@link Facts}. Changes how fast a ruling comes, never which.
 */
final class RulingCache {
  private final Facts facts;
  private final Cache<Facts.Key, Ruling> rulings;

  RulingCache(Facts facts, int entries) {
    this.facts = facts;
    // Evicts on the caller's thread: decisions start no threads.
    this.rulings =
        Caffeine.newBuilder().maximumSize(entries).executor(Runnable::run).recordStats().build();
  }

  Ruling get(Facts.Stage stage, Transfer transfer, Function<Transfer, Ruling> rules) {
    if (!facts.keepable()) {
      return rules.apply(transfer);
    }
    Facts.Key key = facts.key(stage, transfer);
    Ruling kept = rulings.getIfPresent(key);
    if (kept == null) {
      kept = rules.apply(transfer);
      rulings.put(key, kept);
    }
    return kept;
  }

  Policy.CacheFigures figures() {
    CacheStats stats = rulings.stats();
    return new Policy.CacheFigures(
        stats.hitCount(), stats.missCount(), stats.evictionCount(), rulings.estimatedSize());
  }
}
