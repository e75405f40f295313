package org.entente.gateway.bridge.cap;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.bridge.format.CapElement;

/**
 * Makes an alert that is valid in CAP 1.1 valid in CAP 1.2, and changes nothing that is. The two
 * versions differ in what they require in two places only: 1.2 has no certainty {@code Very
 * Likely}, which it says to treat as {@code Likely}, and asks for a resource's media type, which is
 * {@code application/octet-stream} where nothing is known of it (RFC 2046 section 4.5.1).
 */
final class CapUpgrade {
  private static final String VERY_LIKELY = "Very Likely";
  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private final UnmappedCollector leftovers;
  private final int line;

  private CapUpgrade(UnmappedCollector leftovers, int line) {
    this.leftovers = leftovers;
    this.line = line;
  }

  /**
   * The alert in CAP 1.2.
   *
   * @param line where the alert begins, for what is put to {@code leftovers}; 0 for nowhere
   */
  static CapElement of(CapElement alert, UnmappedCollector leftovers, int line) {
    return new CapUpgrade(leftovers, line).element(alert, "alert");
  }

  private CapElement element(CapElement old, String path) {
    if (path.equals("alert/info/certainty") && old.text().equals(VERY_LIKELY)) {
      leftovers.add(line, path, VERY_LIKELY + " is a word of CAP 1.1; written as Likely");
      return CapElement.text(old.name(), "Likely");
    }
    if (old.children().isEmpty()) {
      return old;
    }
    List<CapElement> children = new ArrayList<>();
    old.children().forEach(child -> children.add(element(child, path + "/" + child.name())));
    if (path.equals("alert/info/resource") && old.textOf("mimeType").isEmpty()) {
      leftovers.add(
          line,
          path + "/mimeType",
          "is missing, and CAP 1.2 asks for it; written as " + UNKNOWN_TYPE);
      children.add(Math.min(1, children.size()), CapElement.text("mimeType", UNKNOWN_TYPE));
    }
    return CapElement.parent(old.name(), children);
  }
}
