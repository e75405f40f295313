package org.entente.gateway.deliver;

import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.entente.gateway.ledger.DeskVisibility;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Severity;

/**
 * A compiled filter of a client, with the rules for every client: no recalled messages, no messages
 * of other desks, and no mixing of exercise and actual traffic. Content is opened only if {@link
 * #mayOpen} allows it. Subscriptions deliver until a message's delivery deadline ({@link
 * #mayDeliver}); a person or model that looks it up may get it while it is kept ({@link #mayGive}),
 * that is, while its key exists. Immutable; safe for many threads.
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
  private final Predicate<Label> condition;

  /** Combines a filter with the desk visibility of its client. */
  public MessageFilter(Filter filter, DeskVisibility sight) {
    this(filter, sight, label -> true);
  }

  /** The same with a condition on labels, which is tested last. */
  MessageFilter(Filter filter, DeskVisibility sight, Predicate<Label> condition) {
    this.condition = condition;
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
   * Whether a kept message may be given, as far as can be decided without opening it; never for a
   * damaged one.
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
   * Whether a message's content may be opened for the client now. Every path that gives content to
   * a client checks this before opening anything. False for restricted and quarantined messages.
   *
   * @param aside whether a position holds a quarantined message
   */
  public boolean mayOpen(InboxTable.PlacedRecord placed, LongPredicate aside) {
    return wantsLaneOf(placed) && mayBeOpened(placed, aside);
  }

  private boolean mayBeOpened(InboxTable.PlacedRecord placed, LongPredicate aside) {
    return isFor(placed) && !placed.record().getRestricted() && !aside.test(placed.position());
  }

  /** Whether it may also still be delivered at a time in milliseconds since 1970, in any lane. */
  boolean mayDeliver(InboxTable.PlacedRecord placed, LongPredicate aside, long nowMillis) {
    return placed.record().getExpiresAtMs() > nowMillis && mayBeOpened(placed, aside);
  }

  /** Whether the filter matches the message's lane. */
  boolean wantsLaneOf(InboxTable.PlacedRecord placed) {
    return wants(placed.lane().number());
  }

  private boolean wants(int lane) {
    return lanes.isEmpty() || lanes.contains(lane);
  }

  /** Whether the filter matches this label. */
  public boolean matches(Label label) {
    return (kinds.isEmpty() || kinds.contains(label.getKind()))
        && wants(label.getLaneValue())
        && (categories.isEmpty() || categories.contains(label.getCategory()))
        && (jurisdictions.isEmpty()
            || label.getJurisdictionsList().stream().anyMatch(jurisdictions::contains))
        && (minimumSeverity == Severity.SEVERITY_UNSPECIFIED
            || label.getSeverityValue() >= minimumSeverity.getNumber())
        && condition.test(label);
  }
}
