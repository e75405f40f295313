package org.entente.gateway.model;

import java.util.regex.Pattern;

/**
 * Name of a gateway or a client within its agency: 1 to 32 characters of {@code a-z 0-9 -},
 * beginning with a letter or digit.
 */
public record NodeName(String value) implements Comparable<NodeName> {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  public NodeName {
    if (!isName(value)) {
      throw new InvalidValue(
          "a gateway or client name has 1 to 32 characters of a-z 0-9 and -", value);
    }
  }

  /** Whether a text has the form of a name. */
  public static boolean isName(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(NodeName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
