package org.entente.gateway.seal;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.entente.gateway.seal.format.KeyValidity;
import org.entente.gateway.seal.format.RecipientKeyId;

/**
 * Schedule for making and destroying recipient keys. Pure: {@link #plan} decides from the time and
 * the held keys, and changes nothing.
 *
 * <pre>
 *   key 1  |-------- validity --------|--- grace ---| destroyed
 *   key 2              |-------- validity --------|--- grace ---| destroyed
 *          ^ made      ^ made at half of the life of key 1
 * </pre>
 *
 * @param validity how long senders make stanzas for a key, 24 hours by default
 * @param grace how long the key is kept after that for envelopes in transit
 * @param ahead for how long keys are made before they are needed, zero by default; one that is made
 *     ahead is published when it comes into force
 */
public record KeySchedule(Duration validity, Duration grace, Duration ahead) {
  /** 24 hours each. */
  public static final KeySchedule DEFAULT =
      new KeySchedule(Duration.ofHours(24), Duration.ofHours(24), Duration.ZERO);

  public KeySchedule {
    if (validity.toMillis() < 2 || grace.isNegative() || ahead.isNegative()) {
      throw new IllegalArgumentException(
          "validity " + validity + ", grace " + grace + ", ahead " + ahead);
    }
  }

  /** The same with another time ahead. */
  public KeySchedule aheadBy(Duration time) {
    return new KeySchedule(validity, grace, time);
  }

  /**
   * The first moment within the time ahead for which a key is to be made; empty if each moment has
   * one in force with half of its life left.
   */
  OptionalLong firstLacking(long nowMs, List<KeyValidity> held) {
    long at = nowMs;
    while (at <= nowMs + ahead.toMillis()) {
      long from = at;
      OptionalLong until =
          held.stream()
              .filter(key -> key.isInForce(from))
              .mapToLong(key -> key.notAfterMs() - validity.toMillis() / 2)
              .filter(half -> half > from)
              .max();
      if (until.isEmpty()) {
        return OptionalLong.of(at);
      }
      at = until.getAsLong();
    }
    return OptionalLong.empty();
  }

  /**
   * Work that is due now.
   *
   * @param makeKey whether to make a key that is valid from now
   * @param destroy keys whose grace has ended
   */
  public record Plan(boolean makeKey, List<RecipientKeyId> destroy) {}

  /**
   * Decides which work is due.
   *
   * <p>A key is due unless one in force has half of its life left. A key from the future does not
   * count, so there is always a key after a clock was set back.
   */
  public Plan plan(long nowMs, List<KeyValidity> held) {
    boolean fresh =
        held.stream()
            .filter(key -> key.isInForce(nowMs))
            .anyMatch(key -> key.notAfterMs() - nowMs > validity.toMillis() / 2);
    List<RecipientKeyId> ended =
        held.stream()
            .filter(key -> nowMs - key.notAfterMs() >= grace.toMillis())
            .map(KeyValidity::id)
            .toList();
    return new Plan(!fresh, ended);
  }

  /**
   * Validity of a key made now. It starts slightly earlier, for senders whose clocks are behind.
   */
  KeyValidity validityFrom(long nowMs, RecipientKeyId id) {
    long from = Math.max(0, nowMs - PeerKeys.CLOCK_ALLOWANCE_MS);
    return new KeyValidity(id, from, nowMs + validity.toMillis());
  }
}
