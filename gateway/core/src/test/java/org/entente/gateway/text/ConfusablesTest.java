package org.entente.gateway.text;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfusablesTest {
  private static final String OFFICER = "FR-DNRED-0042";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FR-DNRED-0042",
        "fr-dnred-0042",
        " FR-DNRED- 0042",
        "FR-DNRED-0042\u00A0",
        "FR-DNRED-0042\u200B",
        "FR-DN\u00ADRED-0042",
        "FR\u2060-DNRED-0042",
        "FR-DNRED-0042\uFE0F",
        "ＦＲ－ＤＮＲＥＤ－００４２",
        "FR–DNRED—0042",
        "FR DNRED 0042",
        "FRDNRED0042",
        "FR/DNRED/0042.",
        "FR-DNRED-OO42",
        "FR-DNR\u0415D-0042",
        "FR-DNRED-\u0660\u066042",
        "𝐅𝐑-𝐃𝐍𝐑𝐄𝐃-𝟎𝟎𝟒𝟐"
      })
  void references_thatLookTheSame_areTheSame(String other) {
    assertTrue(Confusables.areSame(OFFICER, other));
    assertTrue(Confusables.areSame(other, OFFICER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"FR-DNRED-0043", "FR-DNRED-42", "FR-DNRED-0007", "DE-ZKA-0042", "Müller"})
  void references_thatDiffer_areNotTheSame(String other) {
    assertFalse(Confusables.areSame(OFFICER, other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-I", "X-l", "x-i", "X-|", "x-L"})
  void digitOne_isTheLettersThatLookLikeIt_inEitherCase(String other) {
    assertTrue(Confusables.areSame("X-1", other));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ольга-7", "ОЛЬГА-7", "ольга 7"})
  void otherScripts_areComparedWithoutCase(String other) {
    assertTrue(Confusables.areSame("Ольга-7", other));
    assertFalse(Confusables.areSame("Иван-7", other));
  }
}
