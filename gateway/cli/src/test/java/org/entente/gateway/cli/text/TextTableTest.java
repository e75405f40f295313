package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables of lists. */
class TextTableTest {
  @Test
  void columns_areAsWideAsTheirWidestCell_andNoLineEndsInSpaces() {
    assertEquals(
        List.of("peer         state", "de.customs   up", "a.long-name  not connected"),
        TextTable.lines(
            List.of("peer", "state"),
            List.of(List.of("de.customs", "up"), List.of("a.long-name", "not connected"))));
  }

  @Test
  void columnThatIsEmptyInEveryRow_isLeftOut() {
    assertEquals(
        List.of("message  reason", "01       x", "02       y"),
        TextTable.lines(
            List.of("message", "recalled", "reason"),
            List.of(List.of("01", "", "x"), List.of("02", "", "y"))));
  }

  @Test
  void noRows_areNoLines() {
    assertEquals(List.of(), TextTable.lines(List.of("message"), List.of()));
  }

  @Test
  void textOfOthers_staysInItsCell() {
    assertEquals(
        List.of("a         b", "x?forged  y"),
        TextTable.lines(List.of("a", "b"), List.of(List.of("x\nforged", "y"))));
  }
}
