package org.entente.gateway.ledger.record;

import java.time.Duration;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Cache of content just opened on reception, so that it need not be read and decrypted again for
 * each subscriber. In memory only, up to 8 MiB and 1,000 messages, and for {@link #KEPT} if {@link
 * #expire} is called; an entry is removed with its message. Callers read the message's record
 * first, so that no removed content is delivered. Safe for many threads.
 */
public final class FreshContent {
  /** How long content stays. */
  public static final Duration KEPT = Duration.ofSeconds(10);

  private static final long BYTES = 8 << 20;

  /**
   * With more entries, small messages would survive two garbage collections under full load and die
   * in the old generation, whose collection stops the gateway for a tenth of a second.
   */
  private static final int MESSAGES = 1_000;

  private final RecentCache<Long, Content> byPosition = new RecentCache<>(BYTES, MESSAGES);

  public FreshContent() {}

  /**
   * Label and body as their origin published them.
   *
   * @param bytes serialised size of both
   */
  public record Content(Label label, Body body, int bytes) {}

  /** Stores the content committed at a position. */
  public void put(long position, Content content, long nowMillis) {
    byPosition.put(position, content, content.bytes(), nowMillis);
  }

  /** The content at a position, or null. */
  public @Nullable Content at(long position) {
    return byPosition.get(position);
  }

  /** Removes expired entries; called every second. */
  public void expire(long nowMillis) {
    byPosition.removeBefore(nowMillis - KEPT.toMillis());
  }

  public void forget(long position) {
    Content unused = byPosition.remove(position);
  }
}
