package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.proto.v1.RiskIndicator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreTextTest {
  @Test
  void score_isReadAsItIsWritten() {
    for (String text : new String[] {"0.0", "0.1", "87.5", "100.0"}) {
      assertEquals(text, ScoreText.of(ScoreText.perMille("--score", text)));
    }
    assertEquals(870, ScoreText.perMille("--score", "87"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "NaN", "Infinity", "-1", "-0.1", "100.1", "87.55", "1e9", "1e-999999999", "x"})
  void scoreThatIsNone_isRefused(String text) {
    assertThrows(CommandFailure.class, () -> ScoreText.perMille("--score", text));
  }

  @Test
  void indicator_hasWeightAndText_whereTheyAreGiven() {
    assertEquals(
        RiskIndicator.newBuilder().setCode("X_A").setWeight(-5).setText("at 10:30").build(),
        ScoreText.indicator("X_A:-5:at 10:30"));
    assertEquals(RiskIndicator.newBuilder().setCode("X_A").build(), ScoreText.indicator("X_A"));
    assertThrows(CommandFailure.class, () -> ScoreText.indicator("X_A:much"));
  }
}
