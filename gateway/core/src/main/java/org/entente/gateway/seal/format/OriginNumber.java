package org.entente.gateway.seal.format;

import java.util.Comparator;
import org.entente.gateway.model.Lane;

/**
 * End-to-end number of an envelope between its origin and one recipient. Ordered by epoch, lane
 * (highest first) and sequence.
 *
 * @param epoch generation of the numbering, from 1
 * @param lane the envelope's lane
 * @param sequence number within epoch and lane, from 1
 */
public record OriginNumber(long epoch, Lane lane, long sequence)
    implements Comparable<OriginNumber> {
  private static final Comparator<OriginNumber> ORDER =
      Comparator.comparingLong(OriginNumber::epoch)
          .thenComparing(OriginNumber::lane)
          .thenComparingLong(OriginNumber::sequence);

  public OriginNumber {
    if (epoch < 1 || sequence < 1) {
      throw new IllegalArgumentException("number " + epoch + "/" + sequence + " is below 1");
    }
  }

  @Override
  public int compareTo(OriginNumber other) {
    return ORDER.compare(this, other);
  }
}
