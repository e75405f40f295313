package org.entente.gateway.search;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Severity;

/** Bounds of a filter in what a client asks for. Pure. */
public final class FilterLimits {
  private static final int MAX_VALUES = 64;
  private static final int MAX_VALUE = 100;

  private FilterLimits() {}

  /**
   * What is wrong with a filter.
   *
   * @param field where it stands in the request
   * @return problems; none if it is good
   */
  public static List<Problem> problems(String field, Filter filter) {
    List<Problem> problems = new ArrayList<>();
    values(problems, field + ".kinds", filter.getKindsCount(), List.of());
    values(problems, field + ".categories", filter.getCategoriesCount(), List.of());
    values(problems, field + ".lanes", filter.getLanesCount(), List.of());
    values(
        problems,
        field + ".jurisdictions",
        filter.getJurisdictionsCount(),
        filter.getJurisdictionsList());
    values(problems, field + ".origins", filter.getOriginsCount(), filter.getOriginsList());
    values(problems, field + ".desks", filter.getDesksCount(), List.of());
    for (int i = 0; i < Math.min(filter.getDesksCount(), MAX_VALUES); i++) {
      desk(problems, field + ".desks[" + i + "]", filter.getDesks(i));
    }
    if (filter.getMinimumSeverity() == Severity.UNRECOGNIZED) {
      problems.add(problem(field + ".minimum_severity", "is none that this gateway knows"));
    }
    return problems;
  }

  private static void desk(List<Problem> problems, String field, String name) {
    try {
      DeskName unused = new DeskName(name);
    } catch (InvalidValue e) {
      problems.add(problem(field, String.valueOf(e.getMessage())));
    }
  }

  private static void values(List<Problem> problems, String field, int count, List<String> texts) {
    if (count > MAX_VALUES) {
      problems.add(problem(field, "has at most " + MAX_VALUES + " values"));
    }
    if (texts.stream().anyMatch(text -> text.isEmpty() || text.length() > MAX_VALUE)) {
      problems.add(problem(field, "has values of 1 to " + MAX_VALUE + " characters"));
    }
  }

  private static Problem problem(String field, String message) {
    return new Problem(Code.INVALID_FIELD, field, message);
  }
}
