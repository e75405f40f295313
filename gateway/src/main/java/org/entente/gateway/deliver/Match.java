package org.entente.gateway.deliver;

import java.util.HashSet;
import java.util.Set;
import org.entente.gateway.ledger.InboxBook;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Severity;

/** A subscriber's filter, compiled. Pure and immutable. */
final class Match {
  private final Set<Kind> kinds;
  private final Set<Category> categories;
  private final Set<String> jurisdictions;
  private final Set<String> origins;
  private final Severity minimumSeverity;
  private final boolean exercise;

  Match(Filter filter) {
    kinds = new HashSet<>(filter.getKindsList());
    categories = new HashSet<>(filter.getCategoriesList());
    jurisdictions = new HashSet<>(filter.getJurisdictionsList());
    origins = new HashSet<>(filter.getOriginsList());
    minimumSeverity = filter.getMinimumSeverity();
    exercise = filter.getExercise();
  }

  /** What is decided without opening anything. */
  boolean mayMatch(InboxBook.Placed placed) {
    return placed.record().getExercise() == exercise
        && (origins.isEmpty() || origins.contains(placed.record().getOrigin()));
  }

  boolean matches(Label label) {
    return (kinds.isEmpty() || kinds.contains(label.getKind()))
        && (categories.isEmpty() || categories.contains(label.getCategory()))
        && (jurisdictions.isEmpty()
            || label.getJurisdictionsList().stream().anyMatch(jurisdictions::contains))
        && (minimumSeverity == Severity.SEVERITY_UNSPECIFIED
            || label.getSeverityValue() >= minimumSeverity.getNumber());
  }
}
