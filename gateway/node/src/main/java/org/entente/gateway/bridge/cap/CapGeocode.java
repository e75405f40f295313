package org.entente.gateway.bridge.cap;

import static org.entente.gateway.bridge.format.CapElement.parent;

import java.util.List;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.text.TextRule;

/**
 * Converts between CAP's {@code geocode} and the text {@code SCHEME=value} of an {@code
 * entente.v1.Area}. In the scheme, which may be an address, {@code =} is written {@code %3D} and
 * {@code %} is written {@code %25}; the value is unchanged.
 */
final class CapGeocode {
  private static final int SCHEME = 100;
  private static final int VALUE = 200;

  private CapGeocode() {}

  /** Whether an area has room for it. */
  static boolean fits(CapElement code) {
    String value = code.textOf("value");
    return !value.isEmpty()
        && value.length() <= VALUE
        && scheme(code).length() <= SCHEME
        && TextRule.LINE.fault(text(code)).isEmpty();
  }

  static String text(CapElement code) {
    return scheme(code) + "=" + code.textOf("value");
  }

  private static String scheme(CapElement code) {
    return code.textOf("valueName").replace("%", "%25").replace("=", "%3D");
  }

  static CapElement element(String text) {
    int split = text.indexOf('=');
    String scheme = split > 0 ? text.substring(0, split) : "code";
    return of(scheme.replace("%3D", "=").replace("%25", "%"), text.substring(split + 1));
  }

  static CapElement of(String valueName, String value) {
    return parent(
        "geocode",
        List.of(CapElement.text("valueName", valueName), CapElement.text("value", value)));
  }
}
