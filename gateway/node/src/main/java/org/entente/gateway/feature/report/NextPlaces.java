package org.entente.gateway.feature.report;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.entente.gateway.audit.LogArchive;
import org.entente.gateway.audit.LogArchive.Place;
import org.entente.gateway.model.MessageId;

/**
 * The first leaves from a place on that concern one of many messages. A member can send any number
 * of messages about one subject, so neither they nor all their leaves are held. For one thread.
 */
final class NextPlaces {
  /** Most leaves that are held. */
  static final int MOST = 1_000;

  /** Entries whose examination has a price. */
  static final int PRICED = 1_000;

  private final LogArchive archive;
  private final Place from;
  private final Runnable further;
  private final TreeSet<Place> held = new TreeSet<>(Place.ORDER);
  private boolean more;
  private long examined;
  private long paid = PRICED;

  /**
   * Holds none at first.
   *
   * @param further runs before each thousand entries that are examined after the first thousand
   */
  NextPlaces(LogArchive archive, Place from, Runnable further) {
    this.archive = archive;
    this.from = from;
    this.further = further;
  }

  /** Adds the leaves that concern a message. */
  void addAbout(MessageId id) {
    for (; examined >= paid; paid += PRICED) {
      further.run();
    }
    examined += 1L + archive.about(id, from, this::add);
  }

  /** Whether it lies within what is held; later leaves of the same message do not, otherwise. */
  private boolean add(Place place) {
    boolean fits = held.size() < MOST || Place.ORDER.compare(place, held.last()) <= 0;
    if (fits && held.add(place) && held.size() > MOST) {
      held.remove(held.last());
      more = true;
    }
    more |= !fits;
    return fits;
  }

  /** The leaves, oldest first. */
  SortedSet<Place> held() {
    return held;
  }

  /** Where to go on for the leaves that were not held; empty if all were. */
  Optional<Place> beyond() {
    return more
        ? Optional.of(new Place(held.last().log(), held.last().index() + 1))
        : Optional.empty();
  }
}
