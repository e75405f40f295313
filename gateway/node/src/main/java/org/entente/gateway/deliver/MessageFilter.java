package org.entente.gateway.deliver;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.table.InboxTable;
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
public final class MessageFilter {
  private final Set<Kind> kinds;
  private final Set<Category> categories;
  private final Set<String> jurisdictions;
  private final Set<String> origins;
  private final Set<Integer> lanes;
  private final Severity minimumSeverity;
  private final boolean exercise;
  private final DeskVisibility sight;

  /** What a filter lets through of what a client is given. */
  public MessageFilter(Filter filter, DeskVisibility sight) {
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
  public boolean mayGive(InboxTable.PlacedRecord placed) {
    return wantsLaneOf(placed) && isFor(placed);
  }

  private boolean isFor(InboxTable.PlacedRecord placed) {
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
  public boolean mayOpen(InboxTable.PlacedRecord placed, LongPredicate aside) {
    return wantsLaneOf(placed) && mayBeOpened(placed, aside);
  }

  private boolean mayBeOpened(InboxTable.PlacedRecord placed, LongPredicate aside) {
    return isFor(placed) && !placed.record().getRestricted() && !aside.test(placed.position());
  }

  /**
   * Whether it is also still to be delivered, at a time in milliseconds since 1970, in whichever
   * lane it came.
   */
  boolean mayDeliver(InboxTable.PlacedRecord placed, LongPredicate aside, long nowMillis) {
    return placed.record().getExpiresAtMs() > nowMillis && mayBeOpened(placed, aside);
  }

  /** Whether the filter lets the lane through in which it came. */
  boolean wantsLaneOf(InboxTable.PlacedRecord placed) {
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
