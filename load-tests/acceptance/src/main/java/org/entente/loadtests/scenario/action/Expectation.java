package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of an answer in plain values with the fields that a step expects. Fields that the step
 * does not name may have any value; a list must have exactly the expected elements, in any order. A
 * map in the place of a text, a list or a message is one of these operators:
 *
 * <ul>
 *   <li>{@code contains}: the text has this part
 *   <li>{@code includes}, {@code excludes}: the list has an element like each of these, or none
 *   <li>{@code in_order}: the list has exactly these elements in this order; with {@code where}
 *       only the elements that are like one of those count
 *   <li>{@code exactly}: the message has these fields and no others
 * </ul>
 */
public final class Expectation {
  private static final String CONTAINS = "contains";
  private static final String INCLUDES = "includes";
  private static final String EXCLUDES = "excludes";
  private static final String IN_ORDER = "in_order";
  private static final String WHERE = "where";
  private static final String EXACTLY = "exactly";
  private static final String RECORD = "record";

  /** What an absent field has. */
  private static final Set<String> DEFAULTS = Set.of("", "0", "false", "UNSPECIFIED", "[]", "{}");

  private Expectation() {}

  /** Whether the fields can be expected of such a message; a fault names one that cannot. */
  public static void check(Message.Builder answer, Map<?, ?> expected, String path)
      throws DraftFault {
    if (WrittenMessage.message(answer, fields(expected, path))
        instanceof WrittenMessage.Wrong<Message> wrong) {
      throw new DraftFault(path + "." + wrong.field(), wrong.problem());
    }
  }

  /** The expected fields without operators. */
  private static Map<String, Object> fields(Map<?, ?> expected, String path) throws DraftFault {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (Map.Entry<?, ?> it : expected.entrySet()) {
      if (RECORD.equals(it.getKey()) && it.getValue() instanceof Map<?, ?> record) {
        check(PlainMessage.auditRecord(), record, path + "." + RECORD);
      } else {
        fields.put(it.getKey().toString(), value(it.getValue(), path + "." + it.getKey()));
      }
    }
    return fields;
  }

  private static Object value(Object expected, String path) throws DraftFault {
    if (expected instanceof List<?> list) {
      List<Object> values = new ArrayList<>();
      for (Object element : list) {
        values.add(value(element, path + "[" + values.size() + "]"));
      }
      return values;
    }
    if (!(expected instanceof Map<?, ?> map)) {
      return expected;
    }
    for (String operator : List.of(CONTAINS, EXACTLY)) {
      Object operand = map.get(operator);
      if (operand != null) {
        return value(operand, path);
      }
    }
    List<Object> elements = new ArrayList<>();
    List.of(INCLUDES, EXCLUDES, WHERE, IN_ORDER).forEach(it -> elements.addAll(list(map.get(it))));
    return elements.isEmpty() ? fields(map, path) : value(elements, path);
  }

  /** The first difference, in words; empty if the answer is as expected. */
  public static Optional<String> mismatch(Object expected, @Nullable Object found, String path) {
    if (expected instanceof List<?> list) {
      return ofList(list, list(found), path);
    }
    if (expected instanceof Map<?, ?> map) {
      return found instanceof List<?> list ? ofOperators(map, list, path) : ofMap(map, found, path);
    }
    boolean same =
        found == null
            ? DEFAULTS.contains(expected.toString())
            : expected.toString().equals(found.toString());
    return differs(same, expected, found, path);
  }

  private static Optional<String> ofMap(Map<?, ?> expected, @Nullable Object found, String path) {
    if (expected.get(CONTAINS) instanceof String part) {
      return differs(String.valueOf(found).contains(part), "… " + part + " …", found, path);
    }
    if (expected.get(EXACTLY) instanceof Map<?, ?> whole) {
      return differs(set(whole).equals(set(found)), set(whole), set(found), path);
    }
    Map<?, ?> fields = found instanceof Map<?, ?> map ? map : Map.of();
    for (Map.Entry<?, ?> it : expected.entrySet()) {
      Optional<String> mismatch =
          mismatch(it.getValue(), fields.get(it.getKey()), path + "." + it.getKey());
      if (mismatch.isPresent()) {
        return mismatch;
      }
    }
    return Optional.empty();
  }

  /** What is set, in one form whatever the order of the fields. */
  private static String set(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(Expectation::set).toList().toString();
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, String> fields = new TreeMap<>();
      map.forEach((name, one) -> fields.put(name.toString(), set(one)));
      fields.values().removeIf(DEFAULTS::contains);
      return fields.toString();
    }
    return String.valueOf(value);
  }

  private static Optional<String> ofOperators(Map<?, ?> expected, List<?> found, String path) {
    List<?> where = list(expected.get(WHERE));
    List<?> sought =
        found.stream()
            .filter(it -> where.isEmpty() || where.stream().anyMatch(one -> isLike(one, it)))
            .toList();
    for (Object one : list(expected.get(INCLUDES))) {
      if (sought.stream().noneMatch(it -> isLike(one, it))) {
        return differs(false, "one like " + one, sought, path);
      }
    }
    for (Object one : list(expected.get(EXCLUDES))) {
      if (sought.stream().anyMatch(it -> isLike(one, it))) {
        return differs(false, "none like " + one, sought, path);
      }
    }
    if (expected.get(IN_ORDER) instanceof List<?> order) {
      boolean same = order.size() == sought.size();
      for (int i = 0; same && i < order.size(); i++) {
        same = isLike(order.get(i), sought.get(i));
      }
      return differs(same, order + " in this order", sought, path);
    }
    return Optional.empty();
  }

  private static Optional<String> ofList(List<?> expected, List<?> found, String path) {
    List<Object> left = new ArrayList<>(found);
    for (Object one : expected) {
      Optional<Object> same = left.stream().filter(it -> isLike(one, it)).findFirst();
      if (same.isEmpty()) {
        return differs(false, "one like " + one, found, path);
      }
      left.remove(same.get());
    }
    return differs(left.isEmpty(), "nothing besides " + expected, left, path);
  }

  private static boolean isLike(Object expected, Object found) {
    return mismatch(expected, found, "").isEmpty();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static Optional<String> differs(
      boolean same, Object expected, @Nullable Object found, String path) {
    return same
        ? Optional.empty()
        : Optional.of(path + ": expected " + expected + ", found " + found);
  }
}
