package org.entente.gateway.model;

/**
 * Name of a member of the federation, such as {@code fr.customs} or {@code x.hub}: an ISO 3166-1
 * alpha-2 code in lower case (or an agreed bloc code, or {@code x} for a body that belongs to no
 * state), a dot, and a lower-case name. At most 35 characters of ASCII.
 */
public record AgencyName(String value) implements Comparable<AgencyName> {
  /** The form of a name, as a regular expression. */
  public static final String FORM = "(?:[a-z]{2}|x)\\.[a-z][a-z0-9-]{0,31}";

  private static final int LONGEST = 32;

  public AgencyName {
    if (!isName(value)) {
      throw new InvalidValue(
          "an agency name is a two-letter code or x, a dot and a lower-case name, such as"
              + " fr.customs",
          value);
    }
  }

  /** Whether a text has the {@link #FORM}: read here, since each message names several agencies. */
  private static boolean isName(String text) {
    int dot = text.indexOf('.');
    boolean place =
        dot == 1
            ? text.charAt(0) == 'x'
            : dot == 2 && isLetter(text.charAt(0)) && isLetter(text.charAt(1));
    int length = text.length() - dot - 1;
    if (!place || length < 1 || length > LONGEST || !isLetter(text.charAt(dot + 1))) {
      return false;
    }
    for (int i = dot + 2; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isLetter(c) && c != '-' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }

  @Override
  public int compareTo(AgencyName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
