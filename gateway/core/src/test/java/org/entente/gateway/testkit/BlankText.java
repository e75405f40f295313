package org.entente.gateway.testkit;

import java.util.List;
import java.util.stream.Stream;

/** Texts of one character that does not show, each; no field takes them for a text. */
public final class BlankText {
  private BlankText() {}

  /** The texts. */
  public static Stream<String> all() {
    return List.of(
            0x0020, 0x00A0, 0x2007, 0x3000, 0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B,
            0x200C, 0x200D, 0x200E, 0x202E, 0x2060, 0x2066, 0x2800, 0x3164, 0xFE0F, 0xFEFF, 0xFFA0,
            0x13441, 0x1D159, 0xE0020, 0xE0100)
        .stream()
        .map(Character::toString);
  }
}
