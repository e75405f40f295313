package org.entente.gateway.ledger.record;

import java.time.Duration;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * What receiving has just opened, for the subscribers to which it goes next: without it each of
 * them would have it read and decrypted again. In memory only, up to 8 MiB and 1,000 messages and,
 * as {@link #expire} is called, for {@link #KEPT}; an entry goes with its message. Whoever asks has
 * read the message's record, so that nobody is given what is gone. Safe for many threads.
 */
public final class FreshContent {
  /** How long content stays. */
  public static final Duration KEPT = Duration.ofSeconds(10);

  private static final long BYTES = 8 << 20;

  /**
   * More small messages than this would under full load be held until garbage is collected twice,
   * and then die among what is old, whose collection stops the gateway for a tenth of a second.
   */
  private static final int MESSAGES = 1_000;

  private final RecentCache<Long, Content> byPosition = new RecentCache<>(BYTES, MESSAGES);

  public FreshContent() {}

  /**
   * Label and body as their origin published them.
   *
   * @param bytes how large both are, serialised
   */
  public record Content(Label label, Body body, int bytes) {}

  /** Remembers what is committed at a position. */
  public void put(long position, Content content, long nowMillis) {
    byPosition.put(position, content, content.bytes(), nowMillis);
  }

  /** What is remembered of a position, or null. */
  public @Nullable Content at(long position) {
    return byPosition.get(position);
  }

  /** Forgets what has been here for its time; to be called every second. */
  public void expire(long nowMillis) {
    byPosition.removeBefore(nowMillis - KEPT.toMillis());
  }

  public void forget(long position) {
    byPosition.remove(position);
  }
}
