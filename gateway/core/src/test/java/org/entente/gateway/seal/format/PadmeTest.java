package org.entente.gateway.seal.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths after Padmé, against the definition worked by hand. */
class PadmeTest {
  @ParameterizedTest
  @CsvSource({
    "2, 2",
    "3, 3",
    "7, 7",
    "8, 8",
    "9, 10",
    "15, 16",
    "16, 16",
    "17, 18",
    "100, 104",
    "1000, 1024",
    "1040, 1088",
    "1041, 1088",
    "66560, 67584",
    "67108864, 67108864"
  })
  void length_padded_isTheNextAllowed(int length, int padded) {
    assertEquals(padded, Padme.paddedLength(length));
  }

  @Test
  void lengths_padded_areFixedPointsInOrder() {
    int before = 2;
    for (int length = 2; length < 300_000; length++) {
      int padded = Padme.paddedLength(length);
      assertTrue(padded >= length && padded >= before);
      assertEquals(padded, Padme.paddedLength(padded));
      before = padded;
    }
  }
}
