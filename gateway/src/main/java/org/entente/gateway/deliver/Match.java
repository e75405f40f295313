package org.entente.gateway.deliver;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import org.entente.gateway.ledger.Sight;
import org.entente.gateway.ledger.table.InboxBook;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Severity;

/**
 * A filter of a client, compiled, with what holds for every client: nothing is given that was
 * recalled, nor what is for desks at which it does not sit, and exercise traffic never mixes with
 * actual traffic. Content is opened only where {@link #mayOpen} says so. Subscriptions deliver
 * until the time by which a message was to be delivered ({@link #mayDeliver}); a person or a model
 * that looks for it is given it as long as it is kept ({@link #mayGive}), which its key says.
 * Immutable; safe for many threads.
 */
public final class Match {
  private final Set<Kind> kinds;
  private final Set<Category> categories;
  private final Set<String> jurisdictions;
  private final Set<String> origins;
  private final Set<Integer> lanes;
  private final Severity minimumSeverity;
  private final boolean exercise;
  private final Sight sight;

  /** What a filter lets through of what a client is given. */
  public Match(Filter filter, Sight sight) {
    kinds = new HashSet<>(filter.getKindsList());
    categories = new HashSet<>(filter.getCategoriesList());
    jurisdictions = new HashSet<>(filter.getJurisdictionsList());
    origins = new HashSet<>(filter.getOriginsList());
    lanes = new HashSet<>(filter.getLanesValueList());
    minimumSeverity = filter.getMinimumSeverity();
    exercise = filter.getExercise();
    this.sight = sight.of(filter.getDesksList());
  }

  /**
   * Whether a message may be given as long as it is kept, as far as is decided without opening
   * anything; never what is damaged.
   */
  public boolean mayGive(InboxBook.Placed placed) {
    return wantsLaneOf(placed) && isFor(placed);
  }

  private boolean isFor(InboxBook.Placed placed) {
    return !placed.isDamaged()
        && placed.record().getExercise() == exercise
        && (origins.isEmpty() || origins.contains(placed.record().getOrigin()))
        && !placed.record().getRecalled()
        && sight.sees(placed.record());
  }

  /**
   * Whether its content may be opened for the client now: what every path asks on which content
   * goes to a client, before it opens anything. Neither what its origin restricts nor what is set
   * aside may.
   *
   * @param aside whether a position holds what is set aside
   */
  public boolean mayOpen(InboxBook.Placed placed, LongPredicate aside) {
    return wantsLaneOf(placed) && mayBeOpened(placed, aside);
  }

  private boolean mayBeOpened(InboxBook.Placed placed, LongPredicate aside) {
    return isFor(placed) && !placed.record().getRestricted() && !aside.test(placed.position());
  }

  /**
   * Whether it is also still to be delivered, at a time in milliseconds since 1970, in whichever
   * lane it came.
   */
  boolean mayDeliver(InboxBook.Placed placed, LongPredicate aside, long nowMillis) {
    return placed.record().getExpiresAtMs() > nowMillis && mayBeOpened(placed, aside);
  }

  /** Whether the filter lets the lane through in which it came. */
  boolean wantsLaneOf(InboxBook.Placed placed) {
    return wants(placed.lane().number());
  }

  private boolean wants(int lane) {
    return lanes.isEmpty() || lanes.contains(lane);
  }

  /** Whether the filter lets a message with this label through. */
  public boolean matches(Label label) {
    return (kinds.isEmpty() || kinds.contains(label.getKind()))
        && wants(label.getLaneValue())
        && (categories.isEmpty() || categories.contains(label.getCategory()))
        && (jurisdictions.isEmpty()
            || label.getJurisdictionsList().stream().anyMatch(jurisdictions::contains))
        && (minimumSeverity == Severity.SEVERITY_UNSPECIFIED
            || label.getSeverityValue() >= minimumSeverity.getNumber());
  }
}
