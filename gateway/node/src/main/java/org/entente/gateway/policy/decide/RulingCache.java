package org.entente.gateway.policy.decide;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.util.function.Function;
import org.entente.gateway.policy.terms.Transfer;

/**
 * Bounded cache of rulings, keyed by their {@link RulingFacts}. It affects the speed of a ruling,
 * never its result.
 */
final class RulingCache {
  private final RulingFacts facts;
  private final Cache<RulingFacts.Key, Ruling> rulings;

  RulingCache(RulingFacts facts, int entries) {
    this.facts = facts;
    // Evicts on the caller's thread: decisions start no threads.
    this.rulings =
        Caffeine.newBuilder().maximumSize(entries).executor(Runnable::run).recordStats().build();
  }

  Ruling get(RulingFacts.Stage stage, Transfer transfer, Function<Transfer, Ruling> rules) {
    if (!facts.keepable()) {
      return rules.apply(transfer);
    }
    RulingFacts.Key key = facts.key(stage, transfer);
    Ruling kept = rulings.getIfPresent(key);
    if (kept == null) {
      kept = rules.apply(transfer);
      rulings.put(key, kept);
    }
    return kept;
  }

  CacheFigures figures() {
    CacheStats stats = rulings.stats();
    return new CacheFigures(
        stats.hitCount(), stats.missCount(), stats.evictionCount(), rulings.estimatedSize());
  }
}
