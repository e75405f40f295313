package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class DemoOutputTest {
  private final StringWriter out = new StringWriter();
  private final DemoOutput voice =
      new DemoOutput(new PrintWriter(out), new PrintWriter(out), false);

  @Test
  void quote_longerThanALine_endsBehindAWord() {
    voice.quote("word ".repeat(40));

    assertEquals("word ".repeat(28) + "word …\n", out.toString());
  }

  @Test
  void quote_thatFits_isWhole() {
    voice.quote("x".repeat(149) + "y");

    assertEquals("x".repeat(149) + "y\n", out.toString());
  }

  @Test
  void wrap_ofALongReason_breaksBehindWords_andLosesNone() {
    voice.wrap("  REFUSED    " + "reason ".repeat(40).strip());

    String first = "  REFUSED    " + "reason ".repeat(15).strip() + "\n";
    String second = " ".repeat(13) + "reason ".repeat(15).strip() + "\n";
    assertEquals(
        first + second + " ".repeat(13) + "reason ".repeat(10).strip() + "\n", out.toString());
  }

  @Test
  void wrap_ofOneWordWithoutEnd_losesNothing() {
    voice.wrap("x".repeat(1_000));

    assertEquals("x".repeat(1_000), out.toString().replaceAll("[ \\n]", ""));
  }

  @Test
  void line_ofAnyLength_isWhole_withoutControlCharacters() {
    voice.line("a reason ".repeat(99) + "\u001b[2J");

    assertEquals("a reason ".repeat(99) + "?[2J\n", out.toString());
  }
}
