package org.entente.gateway.identity;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;

/**
 * The identity that a certificate carries: {@code
 * spiffe://<federation>/agency/<agency>/gateway/<name>} or {@code …/client/<name>} (SPIFFE ID; URI
 * SAN of an X509-SVID).
 *
 * <p>{@code parse(t)} fails or returns an identity that prints as {@code t}: no case folding,
 * escapes, ports, empty segments or anything after the name.
 *
 * @param federation the trust domain
 * @param agency the agency
 * @param kind gateway or client
 * @param name name within the agency
 */
public record SpiffeId(FederationName federation, AgencyName agency, Kind kind, NodeName name) {
  private static final int MAX_LENGTH = 256;
  private static final Pattern FORM =
      Pattern.compile("spiffe://([^/]+)/agency/([^/]+)/(gateway|client)/([^/]+)");

  /** Kind of holder of an identity. */
  public enum Kind {
    /** A node of the agency's gateway. */
    GATEWAY,
    /** One of the agency's own systems. */
    CLIENT;

    /** The path segment. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Reads an identity.
   *
   * @throws InvalidValue for anything but the exact form
   */
  public static SpiffeId parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new InvalidValue(
          "an identity is spiffe://<federation>/agency/<agency>/gateway/<name> or …/client/<name>",
          text);
    }
    return new SpiffeId(
        new FederationName(matcher.group(1)),
        new AgencyName(matcher.group(2)),
        Kind.valueOf(matcher.group(3).toUpperCase(Locale.ROOT)),
        new NodeName(matcher.group(4)));
  }

  /** The URI. */
  @Override
  public String toString() {
    return "spiffe://" + federation + "/agency/" + agency + "/" + kind + "/" + name;
  }
}
