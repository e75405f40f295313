package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/**
 * Notices end-to-end numbers that stay missing although later ones of their lane have arrived, so
 * that a transit which suppresses mail is seen at both ends: the recipient knows it from its own
 * window, the origin from the recipient's signed watermarks. A gap that closes within {@link
 * #AFTER} is none: mail is overtaken, and sent again, every day.
 *
 * <p>One entry for each peer, lane and epoch, and nothing durable: after a restart a gap that is
 * still there is noticed again. Safe for many threads.
 */
public final class GapWatch {
  /** Longer than an honest path takes to send again what got lost once. */
  public static final Duration AFTER = Duration.ofMinutes(1);

  /** On which end a gap is seen. */
  public enum End {
    /** Mail to the agency: it confirmed later numbers and not these. */
    ORIGIN,
    /** Mail from the agency: later numbers are here and these are not. */
    RECIPIENT
  }

  /** One direction of one lane with an agency. */
  public record Place(End end, AgencyName agency, Lane lane) {}

  /**
   * A gap that is there for longer than it should.
   *
   * @param first the lowest number missing
   * @param missing how many are, below the highest that arrived
   */
  public record Gap(Place place, long epoch, long first, long missing) {}

  private record Key(Place place, long epoch) {}

  private static final class GapState {
    private Gap gap;
    private final long sinceNanos;
    private boolean told;

    GapState(Gap gap, long sinceNanos) {
      this.gap = gap;
      this.sinceNanos = sinceNanos;
    }
  }

  private final LongSupplier nanos;
  private final Map<Key, GapState> standing = new HashMap<>();

  /**
   * A watch that knows of no gap.
   *
   * @param nanos a time that only runs
   */
  public GapWatch(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * What has arrived in a lane by now.
   *
   * @param watermark up to which everything has
   * @param above what has beyond it, ascending
   */
  public synchronized void seen(
      Place place, long epoch, long watermark, List<OriginWindow.Range> above) {
    if (above.isEmpty()) {
      standing.remove(new Key(place, epoch));
      return;
    }
    long arrived = above.stream().mapToLong(range -> range.last() - range.first() + 1).sum();
    long missing = above.get(above.size() - 1).last() - watermark - arrived;
    Gap gap = new Gap(place, epoch, watermark + 1, missing);
    Key key = new Key(place, epoch);
    GapState known = standing.get(key);
    if (known != null && known.gap.first == gap.first) {
      known.gap = gap;
    } else {
      standing.put(key, new GapState(gap, nanos.getAsLong()));
    }
  }

  /** Only these epochs of a place are numbered any more: gaps in others are nobody's. */
  public synchronized void only(Place place, Set<Long> epochs) {
    standing.keySet().removeIf(key -> key.place.equals(place) && !epochs.contains(key.epoch));
  }

  /** Gaps that have been there for too long now. */
  public synchronized List<Gap> overdue() {
    return standing.values().stream().filter(this::isOverdue).map(one -> one.gap).toList();
  }

  /** Those of them that were not told of before; they count as told of. */
  public synchronized List<Gap> news() {
    List<Gap> news = new ArrayList<>();
    for (GapState one : standing.values()) {
      if (!one.told && isOverdue(one)) {
        one.told = true;
        news.add(one.gap);
      }
    }
    return news;
  }

  private boolean isOverdue(GapState one) {
    return nanos.getAsLong() - one.sinceNanos >= AFTER.toNanos();
  }
}
