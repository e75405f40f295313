package org.entente.gateway.trust;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.model.InvalidValue;

/**
 * Address at which a gateway listens for peers: {@code host:port}.
 *
 * @param host DNS name or IPv4 address of 1 to 253 characters in lower case, or an IPv6 address in
 *     brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {
  private static final Pattern HOST =
      Pattern.compile("[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\\[[0-9a-f:.]{2,45}]");
  private static final Pattern FORM = Pattern.compile("(.+):([1-9][0-9]{0,4})");
  private static final int MAX_PORT = 65535;

  public Endpoint {
    if (!HOST.matcher(host).matches() || port < 1 || port > MAX_PORT) {
      throw invalid(host + ":" + port);
    }
  }

  /**
   * The endpoint that a text such as {@code gw.customs.example:7443} names.
   *
   * @throws InvalidValue for anything else
   */
  public static Endpoint parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw invalid(text);
    }
    return new Endpoint(matcher.group(1), Integer.parseInt(matcher.group(2)));
  }

  /**
   * The endpoints in a text such as {@code gw-1.customs.example:7443,gw-2.customs.example:7443}: at
   * most {@value Member#MAX_ENDPOINTS}, all different.
   *
   * @throws InvalidValue for anything else
   */
  public static List<Endpoint> parseAll(String text) {
    List<Endpoint> all = Arrays.stream(text.split(",", -1)).map(Endpoint::parse).toList();
    if (all.size() > Member.MAX_ENDPOINTS || all.stream().distinct().count() < all.size()) {
      throw new InvalidValue(
          "endpoints are at most " + Member.MAX_ENDPOINTS + ", all different", text);
    }
    return all;
  }

  private static InvalidValue invalid(String found) {
    return new InvalidValue(
        "an endpoint is a host in lower case, a colon and a port from 1 to 65535", found);
  }

  /** The text form. */
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
