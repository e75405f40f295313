package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class AgencyNameTest {
  private static final Pattern FORM = Pattern.compile(AgencyName.FORM);
  private static final String LETTERS = "az0-.xA_é\n ";

  @Test
  void names_areThoseOfTheForm() {
    for (String name : List.of("fr.customs", "x.hub", "eu.a", "de.a0-9-", "fr." + "a".repeat(32))) {
      assertEquals(name, new AgencyName(name).value());
    }
    for (String name :
        List.of("", ".", "x.", "fr.", "y.hub", "f.customs", "fra.customs", "fr.0", "fr.-a")) {
      assertThrows(InvalidValue.class, () -> new AgencyName(name), name);
    }
    assertThrows(InvalidValue.class, () -> new AgencyName("fr." + "a".repeat(33)));
    assertThrows(InvalidValue.class, () -> new AgencyName("fr.customs\n"));
    assertThrows(InvalidValue.class, () -> new AgencyName("FR.customs"));
    assertThrows(InvalidValue.class, () -> new AgencyName("fr.a.b"));
  }

  @Test
  void randomTexts_areTakenExactlyWhereTheFormMatches() {
    Random random = new Random(20_261_126);
    int taken = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int left = random.nextInt(8); left > 0; left--) {
        text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
      }
      boolean matches = FORM.matcher(text).matches();
      assertEquals(matches, isTaken(text.toString()), text.toString());
      taken += matches ? 1 : 0;
    }
    assertTrue(taken > 100, taken + " names among them");
  }

  private static boolean isTaken(String text) {
    try {
      return new AgencyName(text).value().equals(text);
    } catch (InvalidValue e) {
      return false;
    }
  }
}
