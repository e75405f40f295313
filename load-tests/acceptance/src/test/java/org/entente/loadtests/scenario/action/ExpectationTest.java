package org.entente.loadtests.scenario.action;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ExpectationTest {
  private static final Map<String, Object> FIRST =
      Map.of("name", "first", "kind", "ALERT", "number", 3L, "own", true);
  private static final Map<String, Object> SECOND = Map.of("name", "second", "kind", "REQUEST");
  private static final Map<String, Object> ANSWER =
      Map.of("messages", List.of(FIRST, SECOND), "text", "no agreement covers it", "empty", "");

  @Test
  void fields_thatTheStepNames_decide() {
    assertFits(Map.of());
    assertFits(Map.of("empty", "", "absent", false, "none", List.of(), "below", Map.of("x", 0)));
    assertDiffers(Map.of("text", "all"), "answer.text: expected all, found no agreement covers it");
    assertDiffers(Map.of("absent", Map.of("x", 1)), "answer.absent.x: expected 1, found null");
  }

  @Test
  void list_hasExactlyTheElements_inAnyOrder() {
    assertFits(messages(List.of(Map.of("name", "second"), Map.of("number", 3))));
    assertDiffers(messages(List.of(Map.of("name", "first"))), "nothing besides");
    assertDiffers(
        messages(List.of(Map.of("own", true), Map.of("own", true))), "one like {own=true}");
    assertDiffers(Map.of("absent", List.of(1)), "answer.absent: expected one like 1, found []");
  }

  @Test
  void operatorsOfLists_compareAPartOrTheOrder() {
    assertFits(messages(Map.of("includes", List.of(Map.of("name", "second")))));
    assertDiffers(messages(Map.of("includes", List.of(Map.of("name", "third")))), "one like");
    assertFits(messages(Map.of("excludes", List.of(Map.of("name", "third")))));
    assertDiffers(messages(Map.of("excludes", List.of(Map.of("name", "first")))), "none like");
    List<?> order = List.of(Map.of("name", "first"), Map.of("name", "second"));
    assertFits(messages(Map.of("in_order", order)));
    assertDiffers(
        messages(Map.of("in_order", List.of(order.get(1), order.get(0)))), "in this order");
    assertDiffers(messages(Map.of("in_order", List.of(order.get(0)))), "in this order");
    List<?> where = List.of(Map.of("kind", "REQUEST"));
    assertFits(messages(Map.of("where", where, "in_order", List.of(order.get(1)))));
    assertDiffers(messages(Map.of("where", where, "in_order", order)), "in this order");
  }

  @Test
  void operatorsOfTextsAndMessages_compareAPartOrAll() {
    assertFits(Map.of("text", Map.of("contains", "agreement")));
    assertDiffers(Map.of("text", Map.of("contains", "consent")), "answer.text: expected … consent");
    Map<String, Object> second = Map.of("kind", "REQUEST", "name", "second", "number", 0);
    assertFits(messages(Map.of("includes", List.of(Map.of("exactly", second)))));
    assertDiffers(
        messages(Map.of("includes", List.of(Map.of("exactly", Map.of("name", "second"))))),
        "one like");
  }

  private static Map<String, Object> messages(Object expected) {
    return Map.of("messages", expected);
  }

  private static void assertFits(Map<String, ?> expected) {
    assertEquals(Optional.empty(), Expectation.mismatch(expected, ANSWER, "answer"));
  }

  private static void assertDiffers(Map<String, ?> expected, String words) {
    String mismatch = Expectation.mismatch(expected, ANSWER, "answer").orElse("none");
    assertEquals(words, mismatch.contains(words) ? words : mismatch);
  }
}
