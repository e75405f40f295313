package org.entente.gateway.model;

import java.util.regex.Pattern;

/**
 * Name of a member of the federation, such as {@code fr.customs} or {@code x.hub}: an ISO 3166-1
 * alpha-2 code in lower case (or an agreed bloc code, or {@code x} for a body that belongs to no
 * state), a dot, and a lower-case name. At most 35 characters of ASCII.
 */
public record AgencyName(String value) implements Comparable<AgencyName> {
  /** The form of a name, as a regular expression. */
  public static final String FORM = "(?:[a-z]{2}|x)\\.[a-z][a-z0-9-]{0,31}";

  private static final Pattern PATTERN = Pattern.compile(FORM);

  public AgencyName {
    if (!PATTERN.matcher(value).matches()) {
      throw new InvalidValue(
          "an agency name is a two-letter code or x, a dot and a lower-case name, such as"
              + " fr.customs",
          value);
    }
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
