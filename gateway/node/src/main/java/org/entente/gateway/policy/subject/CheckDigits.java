package org.entente.gateway.policy.subject;

/** Check digit rules. Each expects a text that already has the form of the identifier. */
final class CheckDigits {
  private CheckDigits() {}

  /** ISO 6346: letters from A=10 upward without multiples of 11, weights 2^i, mod 11, mod 10. */
  static boolean container(String text) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += containerValue(text.charAt(i)) << i;
    }
    return sum % 11 % 10 == digit(text, 10);
  }

  private static int containerValue(char sign) {
    if (sign <= '9') {
      return sign - '0';
    }
    int value = 10 + (sign - 'A');
    // 11, 22 and 33 are skipped: one step for each multiple at or below.
    return value + (value >= 11 ? 1 : 0) + (value >= 21 ? 1 : 0) + (value >= 31 ? 1 : 0);
  }

  /** IMO number: weights 7 to 2 over the first six digits, last digit of the sum. */
  static boolean vessel(String text) {
    int sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += digit(text, i) * (7 - i);
    }
    return sum % 10 == digit(text, 6);
  }

  /** IATA resolution 600a: the serial number's seven digits mod 7. */
  static boolean airWaybill(String text) {
    return Integer.parseInt(text.substring(3, 10)) % 7 == digit(text, 10);
  }

  /** ISO 17442 by ISO 7064 MOD 97-10: letters as 10 to 35, the whole number mod 97 is 1. */
  static boolean lei(String text) {
    return rest97(text) == 1;
  }

  /**
   * ISO 13616 by ISO 7064 MOD 97-10: the first four characters moved to the end, the whole number
   * mod 97 is 1. Of the check digits that fulfil this, 00, 01 and 99 are never issued.
   */
  static boolean iban(String text) {
    String digits = text.substring(2, 4);
    return rest97(text.substring(4) + text.substring(0, 4)) == 1
        && !digits.equals("00")
        && !digits.equals("01")
        && !digits.equals("99");
  }

  /** Letters as 10 to 35, the whole number mod 97. */
  private static int rest97(String text) {
    int rest = 0;
    for (int i = 0; i < text.length(); i++) {
      int value = Character.digit(text.charAt(i), 36);
      rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
    }
    return rest;
  }

  private static int digit(String text, int at) {
    return text.charAt(at) - '0';
  }
}
