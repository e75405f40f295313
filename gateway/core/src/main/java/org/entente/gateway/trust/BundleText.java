package org.entente.gateway.trust;

import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;

/**
 * The text that the roots sign: the origin line {@code entente/<federation>/trust-bundle}, then the
 * content as canonical JSON.
 *
 * <p>{@code parse(t)} fails or returns a content whose {@link #print} is {@code t}. Immutable and
 * safe for use by many threads.
 */
final class BundleText {
  private final TrustJson json = new TrustJson();

  /** First line of a federation's bundles. */
  static String origin(FederationName federation) {
    return "entente/" + federation + "/trust-bundle";
  }

  /** The text of a content. */
  String print(BundleContent content) {
    return origin(content.federation()) + "\n" + json.print(content);
  }

  /**
   * Reads a text.
   *
   * @throws InvalidValue with the field and what would be valid
   */
  BundleContent parse(String text) {
    int end = text.indexOf('\n');
    if (end < 0) {
      throw new InvalidValue("a bundle's text has an origin line", "one line");
    }
    BundleContent content = json.parse(text.substring(end + 1), BundleContent.class);
    String origin = origin(content.federation());
    if (!text.substring(0, end).equals(origin)) {
      throw new InvalidValue("the first line is " + origin, text.substring(0, end));
    }
    return content;
  }
}
