package org.entente.gateway.model;

import java.util.regex.Pattern;

/**
 * Name of a desk, a unit within an agency, such as {@code narcotics}: 1 to 32 characters of {@code
 * a-z 0-9 -}, beginning with a letter. Each agency names its own desks; equal names in two agencies
 * are unrelated.
 */
public record DeskName(String value) implements Comparable<DeskName> {
  /** The form of a name, as a regular expression. */
  public static final String FORM = "[a-z][a-z0-9-]{0,31}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public DeskName {
    if (!PATTERN.matcher(value).matches()) {
      throw new InvalidValue(
          "a desk name has 1 to 32 characters of a-z 0-9 and -, and begins with a letter", value);
    }
  }

  @Override
  public int compareTo(DeskName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
