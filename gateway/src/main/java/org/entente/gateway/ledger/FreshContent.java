package org.entente.gateway.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What receiving has just opened, for the subscribers to which it goes next: without it each of
 * them would have it read and decrypted again. In memory only, for ten seconds at most and up to 8
 * MiB; an entry goes with its message. Whoever asks has read the message's record, so that nobody
 * is given what is gone. Safe for many threads.
 */
public final class FreshContent {
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final long BYTES = 8 << 20;

  private final Cache<Long, Content> byPosition =
      Caffeine.newBuilder()
          .maximumWeight(BYTES)
          .weigher(
              (Long position, Content content) ->
                  content.label().getSerializedSize() + content.body().getSerializedSize())
          .expireAfterWrite(KEPT)
          .executor(Runnable::run)
          .build();

  FreshContent() {}

  /** Label and body as their origin published them. */
  public record Content(Label label, Body body) {}

  /** Remembers what is committed at a position. */
  public void put(long position, Content content) {
    byPosition.put(position, content);
  }

  /** What is remembered of a position, or null. */
  public @Nullable Content at(long position) {
    return byPosition.getIfPresent(position);
  }

  void forget(long position) {
    byPosition.invalidate(position);
  }
}
