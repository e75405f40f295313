package org.entente.gateway.transmit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.OutboxTable;
import org.entente.gateway.ledger.table.WindowTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.OriginNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and reports mail that stays missing although later mail arrived. */
public final class GapReporter {
  private static final Logger LOG = LoggerFactory.getLogger(GapReporter.class);

  private final GapWatch watch;
  private final WindowTable windows;
  private final OutboxTable outbox;

  /** Origins that the log has named, until their records can be read. */
  private final Set<AgencyName> unreadable = new HashSet<>();

  /**
   * A reporter over a ledger.
   *
   * @param running a monotonic time
   */
  public GapReporter(LongSupplier running, WindowTable windows, OutboxTable outbox) {
    this.watch = new GapWatch(running);
    this.windows = windows;
    this.outbox = outbox;
  }

  /** The watch that is told of numbers from both ends. */
  public GapWatch watch() {
    return watch;
  }

  /**
   * Checks for gaps in mail from others; gaps in mail to them follow from their watermarks.
   *
   * @param reporting sends an origin the watermarks again; its answer closes a gap
   */
  public void round(Consumer<AgencyName> reporting) {
    for (AgencyName origin : windows.origins()) {
      List<WindowTable.LaneWindow> all = readable(origin);
      if (all.stream().anyMatch(one -> !one.window().receivedAbove().isEmpty())) {
        reporting.accept(origin);
      }
      for (Lane lane : Lane.all()) {
        watch.only(
            new GapWatch.Place(GapWatch.End.RECIPIENT, origin, lane),
            all.stream()
                .filter(one -> one.lane() == lane)
                .map(one -> one.window().epoch())
                .collect(Collectors.toSet()));
      }
      for (WindowTable.LaneWindow one : all) {
        watch.seen(
            new GapWatch.Place(GapWatch.End.RECIPIENT, origin, one.lane()),
            one.window().epoch(),
            one.window().watermark(),
            one.window().receivedAbove());
      }
    }
    watch.retainOwed(this::isOwed);
    for (GapWatch.Gap gap : watch.news()) {
      LOG.warn(
          "{} of {} {} {}: missing from number {} on, although later ones arrived; a transit may"
              + " be dropping or delaying them",
          gap.missing(),
          gap.place().lane(),
          gap.place().end() == GapWatch.End.ORIGIN ? "to" : "from",
          gap.place().agency(),
          gap.first());
    }
  }

  /** The windows of an origin; none if its record cannot be read, which hinders no other. */
  private List<WindowTable.LaneWindow> readable(AgencyName origin) {
    try {
      List<WindowTable.LaneWindow> all = windows.all(origin);
      unreadable.remove(origin);
      return all;
    } catch (CorruptRecord e) {
      if (unreadable.add(origin)) {
        LOG.error("gaps in mail from {} are not watched: {}", origin, e.getMessage(), e);
      }
      return List.of();
    }
  }

  /** Without an owed number, the first is the next one, which a recipient may state as well. */
  private boolean isOwed(GapWatch.Place place, long epoch, long highest) {
    long first = outbox.firstOwed(place.agency(), place.lane(), epoch, highest);
    return first <= highest
        && outbox.isOwed(place.agency(), new OriginNumber(epoch, place.lane(), first));
  }
}
