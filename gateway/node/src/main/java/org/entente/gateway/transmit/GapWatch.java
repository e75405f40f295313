package org.entente.gateway.transmit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindows;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;

/**
 * Finds origin numbers that stay missing although later ones of their lane have arrived. So both
 * ends notice a transit that suppresses mail: the recipient from its own window, the origin from
 * the recipient's signed watermarks. A gap that closes within {@link #AFTER} does not count: mail
 * is routinely overtaken and sent again.
 *
 * <p>At most {@value #MOST_EPOCHS} entries for each peer and lane, of the highest epochs, since a
 * recipient's statement can name any. Nothing is durable: a gap that persists after a restart is
 * noticed again. Safe for many threads.
 */
public final class GapWatch {
  /** Longer than an honest path takes to repeat lost mail. */
  public static final Duration AFTER = Duration.ofMinutes(1);

  private static final int MOST_EPOCHS = OriginWindows.MAX_EPOCHS;

  /** The end at which a gap is seen. */
  public enum End {
    /** Mail to the agency: it confirmed later numbers but not these. */
    ORIGIN,
    /** Mail from the agency: later numbers are here but not these. */
    RECIPIENT
  }

  /** One direction of one lane with an agency. */
  public record Place(End end, AgencyName agency, Lane lane) {}

  /**
   * A gap that has lasted too long.
   *
   * @param first the lowest number missing
   * @param missing the count of missing numbers below the highest that arrived
   */
  public record Gap(Place place, long epoch, long first, long missing) {}

  private static final class GapState {
    private Gap gap;
    private final long sinceNanos;
    private long highest;
    private boolean told;

    GapState(Gap gap, long highest, long sinceNanos) {
      this.gap = gap;
      this.highest = highest;
      this.sinceNanos = sinceNanos;
    }

    /** Whether someone shows what was so before: what has arrived stays. */
    private boolean isNewerThan(long watermark, long highestShown) {
      return watermark + 1 < gap.first
          ? highestShown <= highest
          : watermark < gap.first && highestShown < highest;
    }
  }

  private final LongSupplier nanos;
  private final Map<Place, NavigableMap<Long, GapState>> standing = new HashMap<>();

  /**
   * Creates a watch without gaps.
   *
   * @param nanos a monotonic time
   */
  public GapWatch(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Updates what has arrived in a lane by now. A statement that is older than the one of a gap is
   * passed over by what it states, whatever its time: a transit can repeat it to close the gap.
   *
   * @param watermark number up to which everything has arrived
   * @param above ranges that arrived beyond it, ascending
   */
  public synchronized void seen(
      Place place, long epoch, long watermark, List<OriginWindow.Range> above) {
    NavigableMap<Long, GapState> gaps = standing.computeIfAbsent(place, it -> new TreeMap<>());
    GapState known = gaps.get(epoch);
    long highest = above.isEmpty() ? watermark : above.get(above.size() - 1).last();
    if (known == null || !known.isNewerThan(watermark, highest)) {
      update(place, epoch, watermark, above);
    }
    if (gaps.size() > MOST_EPOCHS) {
      gaps.pollFirstEntry();
    }
    if (gaps.isEmpty()) {
      standing.remove(place);
    }
  }

  private void update(Place place, long epoch, long watermark, List<OriginWindow.Range> above) {
    Map<Long, GapState> gaps = Objects.requireNonNull(standing.get(place));
    if (above.isEmpty()) {
      gaps.remove(epoch);
      return;
    }
    long highest = above.get(above.size() - 1).last();
    long arrived = above.stream().mapToLong(range -> range.last() - range.first() + 1).sum();
    Gap gap = new Gap(place, epoch, watermark + 1, highest - watermark - arrived);
    GapState known = gaps.get(epoch);
    if (known != null && known.gap.first == gap.first) {
      known.gap = gap;
      known.highest = highest;
      return;
    }
    // Only what arrives makes a gap younger. A recipient that is set back to a backup states less.
    boolean stays = known != null && watermark < known.gap.first;
    long since = known != null && stays ? known.sinceNanos : nanos.getAsLong();
    gaps.put(epoch, new GapState(gap, highest, since));
  }

  /**
   * Drops gaps of a place in all other epochs, which are no longer in use. A later one is: someone
   * shows what was so before.
   */
  public synchronized void only(Place place, Set<Long> epochs) {
    NavigableMap<Long, GapState> gaps = standing.get(place);
    if (gaps != null && !epochs.isEmpty()) {
      gaps.headMap(Collections.max(epochs), false).keySet().retainAll(epochs);
    }
  }

  /** Whether this gateway owes a recipient a number of an epoch, up to one. */
  interface OwedCheck {
    boolean isOwed(Place place, long epoch, long highest);
  }

  /**
   * Drops gaps in mail to others of which nothing is owed any more: the recipient has named each
   * number, and was set back to a backup before it stated a higher watermark.
   */
  synchronized void retainOwed(OwedCheck owed) {
    standing.forEach(
        (place, gaps) -> {
          if (place.end() == End.ORIGIN) {
            gaps.entrySet()
                .removeIf(gap -> !owed.isOwed(place, gap.getKey(), gap.getValue().highest));
          }
        });
    standing.values().removeIf(Map::isEmpty);
  }

  /** Gaps that have lasted too long. */
  public synchronized List<Gap> overdue() {
    return all().filter(this::isOverdue).map(one -> one.gap).toList();
  }

  /** Overdue gaps not reported before; marks them as reported. */
  public synchronized List<Gap> news() {
    List<Gap> news = new ArrayList<>();
    all()
        .filter(one -> !one.told && isOverdue(one))
        .forEach(
            one -> {
              one.told = true;
              news.add(one.gap);
            });
    return news;
  }

  private Stream<GapState> all() {
    return standing.values().stream().flatMap(gaps -> gaps.values().stream());
  }

  private boolean isOverdue(GapState one) {
    return nanos.getAsLong() - one.sinceNanos >= AFTER.toNanos();
  }
}
