package org.entente.gateway.cli.text;

/** Numbers of things in words. */
public final class CountText {
  private CountText() {}

  /**
   * The number with its noun, as in {@code 1 error}.
   *
   * @param noun the word for one of them, whose plural ends in s
   */
  public static String of(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
