package org.entente.gateway.deliver;

import com.google.protobuf.Internal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Severity;

/**
 * Checks of a client's filter: at most 64 values of a field, each possible in a label. An
 * impossible value is refused, so that no client waits for messages that never come. Pure.
 */
public final class FilterLimits {
  /** Most values of one field. */
  public static final int MAX_VALUES = 64;

  private static final Pattern AGENCY = Pattern.compile(AgencyName.FORM);
  private static final Pattern DESK = Pattern.compile(DeskName.FORM);

  private final String field;
  private final List<Problem> problems = new ArrayList<>();

  private FilterLimits(String field) {
    this.field = field;
  }

  /**
   * Finds the problems of a filter.
   *
   * @param field the field of the request that holds it
   * @return the problems; empty if it is valid
   */
  public static List<Problem> problems(String field, Filter filter) {
    FilterLimits limits = new FilterLimits(field);
    limits.check(filter);
    return List.copyOf(limits.problems);
  }

  private void check(Filter filter) {
    known("kinds", filter.getKindsValueList(), Kind.values());
    known("categories", filter.getCategoriesValueList(), Category.values());
    if (fits("lanes", filter.getLanesCount())) {
      filter.getLanesValueList().stream()
          .filter(lane -> Lane.all().stream().noneMatch(one -> one.number() == lane))
          .findFirst()
          .ifPresent(lane -> problem("lanes", "has " + lane + "; valid are " + Lane.all()));
    }
    texts(
        "jurisdictions",
        filter.getJurisdictionsList(),
        CodedText.JURISDICTION::valid,
        CodedText.JURISDICTION.form());
    texts(
        "origins",
        filter.getOriginsList(),
        text -> AGENCY.matcher(text).matches(),
        "the name of an agency, such as fr.customs");
    texts(
        "desks",
        filter.getDesksList(),
        text -> DESK.matcher(text).matches(),
        "the name of a desk, such as narcotics");
    if (filter.getMinimumSeverity() == Severity.UNRECOGNIZED) {
      problem("minimum_severity", "is unknown to this gateway; valid are MINOR to EXTREME");
    }
  }

  /** Refuses values of later releases, and the unspecified value, which are in no label. */
  private void known(String name, List<Integer> numbers, Internal.EnumLite[] values) {
    if (fits(name, numbers.size())) {
      numbers.stream()
          .filter(number -> number <= 0 || !isAmong(number, values))
          .findFirst()
          .ifPresent(
              number -> problem(name, "has " + number + ", which is unknown to this gateway"));
    }
  }

  private static boolean isAmong(int number, Internal.EnumLite[] values) {
    return Arrays.stream(values)
        .anyMatch(
            value ->
                !value.equals(Kind.UNRECOGNIZED)
                    && !value.equals(Category.UNRECOGNIZED)
                    && value.getNumber() == number);
  }

  private void texts(String name, List<String> values, Predicate<String> valid, String form) {
    if (fits(name, values.size())) {
      values.stream()
          .filter(valid.negate())
          .findFirst()
          .ifPresent(
              value ->
                  problem(name, "has " + InvalidValue.printable(value) + ", which is not " + form));
    }
  }

  private boolean fits(String name, int count) {
    if (count > MAX_VALUES) {
      problem(name, "has " + count + " values; at most " + MAX_VALUES);
    }
    return count <= MAX_VALUES;
  }

  private void problem(String name, String message) {
    problems.add(new Problem(Code.INVALID_FIELD, field + "." + name, message));
  }
}
