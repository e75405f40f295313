package org.entente.gateway.crypto;

import java.net.InetAddress;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Content of a leaf certificate of a {@link CertificateAuthority}, except the key.
 *
 * <p>Immutable. Times are kept in whole seconds, as certificates do.
 *
 * @param spiffeId the identity, the only URI name
 * @param use whether its holder may be a server
 * @param dnsNames names under which clients without SPIFFE reach the node; none for a client
 * @param addresses IP addresses under which they do; none for a client
 * @param notBefore first second of validity
 * @param notAfter last second of validity
 */
public record LeafProfile(
    URI spiffeId,
    Use use,
    List<String> dnsNames,
    List<InetAddress> addresses,
    Instant notBefore,
    Instant notAfter) {
  /** What the extended key usage permits (RFC 5280, section 4.2.1.12). */
  public enum Use {
    /** Server and client, since either side of a link may dial. */
    GATEWAY,
    /** Client only, without host names: its holder cannot pose as the gateway. */
    CLIENT
  }

  private static final String DNS_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern DNS_NAME =
      Pattern.compile("(?=.{1,253}$)" + DNS_LABEL + "(\\." + DNS_LABEL + ")*");

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the identity is not a SPIFFE ID with a path, a name is not
   *     a lower-case DNS name, a client has host names, or the validity is empty
   */
  public LeafProfile {
    if (SpiffeUri.parse(spiffeId.toString()).isEmpty()) {
      throw new IllegalArgumentException("not a SPIFFE ID with a path: " + spiffeId);
    }
    dnsNames = List.copyOf(dnsNames);
    for (String name : dnsNames) {
      if (!DNS_NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("not a lower-case DNS name: " + name);
      }
    }
    addresses = List.copyOf(addresses);
    if (use == Use.CLIENT && !(dnsNames.isEmpty() && addresses.isEmpty())) {
      throw new IllegalArgumentException("a client's certificate has no host names: " + spiffeId);
    }
    notBefore = notBefore.truncatedTo(ChronoUnit.SECONDS);
    notAfter = notAfter.truncatedTo(ChronoUnit.SECONDS);
    if (!notAfter.isAfter(notBefore)) {
      throw new IllegalArgumentException("certificate would never be valid");
    }
  }

  /** The leaf of a gateway's node. */
  public static LeafProfile ofGateway(
      URI spiffeId,
      List<String> dnsNames,
      List<InetAddress> addresses,
      Instant notBefore,
      Instant notAfter) {
    return new LeafProfile(spiffeId, Use.GATEWAY, dnsNames, addresses, notBefore, notAfter);
  }

  /** The leaf of one of the agency's own systems. */
  public static LeafProfile ofClient(URI spiffeId, Instant notBefore, Instant notAfter) {
    return new LeafProfile(spiffeId, Use.CLIENT, List.of(), List.of(), notBefore, notAfter);
  }
}
