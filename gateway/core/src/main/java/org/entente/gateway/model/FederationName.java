package org.entente.gateway.model;

import java.util.regex.Pattern;

/**
 * Name of a federation; the trust domain of its SPIFFE identities: a lower-case DNS-like name of at
 * most 100 characters.
 */
public record FederationName(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9.-]{0,98}[a-z0-9]");

  public FederationName {
    if (!FORM.matcher(value).matches()) {
      throw new InvalidValue(
          "a federation name has 2 to 100 characters of a-z 0-9 . and -, such as"
              + " demo.entente.example",
          value);
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
