package org.entente.loadtests.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrowthLawTest {
  private static final double EXACT = 1e-9;

  private static SortedMap<Integer, Double> points(DoubleUnaryOperator law) {
    SortedMap<Integer, Double> points = new TreeMap<>();
    for (int agencies : new int[] {10, 25, 50, 100, 200}) {
      points.put(agencies, law.applyAsDouble(agencies));
    }
    return points;
  }

  @ParameterizedTest
  @EnumSource(GrowthForm.class)
  void form_exactPoints_isFoundWithItsFactor(GrowthForm form) {
    GrowthLaw law = GrowthLaw.fit(points(n -> 7 * form.at(n)));
    assertEquals(form, law.form());
    assertEquals(7, law.factor(), EXACT);
    assertEquals(0, law.residual(), EXACT);
  }

  @Test
  void exponent_ofAPower_isThatPower() {
    GrowthLaw law = GrowthLaw.fit(points(n -> 3 * Math.pow(n, 1.5)));
    assertEquals(1.5, law.exponent(), EXACT);
    assertEquals(0, law.powerResidual(), EXACT);
  }

  @Test
  void line_withABase_saysWhatOneMoreCosts() {
    GrowthLaw law = GrowthLaw.fit(points(n -> 13_000 + 4_830 * n));
    assertEquals(13_000, law.base(), 1e-4);
    assertEquals(4_830, law.each(), 1e-6);
    assertEquals(0, law.lineResidual(), EXACT);
    assertEquals(GrowthForm.LINEAR, law.form());
    assertTrue(law.exponent() < 1, "the base bends it");
  }

  @Test
  void residual_pointsOffBySomeHundredths_isAboutThose() {
    GrowthLaw law = GrowthLaw.fit(points(n -> n * (n == 25 || n == 100 ? 1.05 : 0.95)));
    assertEquals(GrowthForm.LINEAR, law.form());
    assertEquals(0.05, law.residual(), 0.01);
  }

  @Test
  void points_tooFewOrNone_haveNoLaw() {
    SortedMap<Integer, Double> two = new TreeMap<>(points(n -> n).headMap(50));
    assertThrows(IllegalArgumentException.class, () -> GrowthLaw.fit(two));
    assertThrows(IllegalArgumentException.class, () -> GrowthLaw.fit(points(n -> n - 10)));
  }
}
