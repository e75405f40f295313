package org.entente.gateway.seal.format;

import java.util.Comparator;

/**
 * Id and period of validity of a recipient key. Ordered by end of validity, then by name.
 *
 * @param id the key's name
 * @param notBeforeMs start of making stanzas for it, milliseconds since 1970
 * @param notAfterMs end, exclusive, milliseconds since 1970
 */
public record KeyValidity(RecipientKeyId id, long notBeforeMs, long notAfterMs)
    implements Comparable<KeyValidity> {
  private static final Comparator<KeyValidity> ORDER =
      Comparator.comparingLong(KeyValidity::notAfterMs).thenComparing(KeyValidity::id);

  public KeyValidity {
    if (notBeforeMs < 0 || notAfterMs <= notBeforeMs) {
      throw new IllegalArgumentException("valid from " + notBeforeMs + " to " + notAfterMs);
    }
  }

  /** Whether senders may make stanzas for it at a time. */
  public boolean isInForce(long nowMs) {
    return notBeforeMs <= nowMs && nowMs < notAfterMs;
  }

  @Override
  public int compareTo(KeyValidity other) {
    return ORDER.compare(this, other);
  }
}
