package org.entente.gateway.bridge.cap;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.bridge.format.CapElement;

/**
 * Converts a valid CAP 1.1 alert to valid CAP 1.2; a CAP 1.2 alert is unchanged. The versions
 * differ in two requirements. CAP 1.2 lacks the certainty {@code Very Likely}, which it says to
 * treat as {@code Likely}. It requires a resource's media type, for which {@code
 * application/octet-stream} is used if it is unknown (RFC 2046 section 4.5.1).
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
   * @param line the line where the alert begins, for reports in {@code leftovers}; 0 for none
   */
  static CapElement of(CapElement alert, UnmappedCollector leftovers, int line) {
    return new CapUpgrade(leftovers, line).element(alert, "alert");
  }

  private CapElement element(CapElement old, String path) {
    if (path.equals("alert/info/certainty") && old.text().equals(VERY_LIKELY)) {
      leftovers.add(line, path, VERY_LIKELY + " exists only in CAP 1.1; written as Likely");
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
          "is missing, but CAP 1.2 requires it; written as " + UNKNOWN_TYPE);
      children.add(Math.min(1, children.size()), CapElement.text("mimeType", UNKNOWN_TYPE));
    }
    return CapElement.parent(old.name(), children);
  }
}
