package org.entente.gateway.bridge.cap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.bridge.cap.CapExport.ExportResult;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapSchema;
import org.entente.gateway.bridge.format.CapVersion;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.gateway.bridge.format.CapXml;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Recall;

/**
 * Writer of CAP 1.2 documents (OASIS Common Alerting Protocol), elements in the order of its
 * schema.
 *
 * <p>{@link CapReader} can read its output: an alert that gives no valid document, for example
 * because of a malformed polygon, is reported. An alert that came from CAP keeps its identifier,
 * sender, time and blocks, so that references to it remain valid. Characters that XML cannot
 * represent become U+FFFD. Safe for use by several threads.
 */
public final class CapWriter {
  private static final String DECLARATION = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  private CapWriter() {}

  /**
   * Writes an alert as delivered.
   *
   * @param label with message id, origin and time set by the gateway
   */
  public static CapWriteResult write(Label label, Alert alert) {
    return write(label, alert, "");
  }

  /**
   * Writes an alert that changes an earlier written one.
   *
   * @param references the CAP reference of that one ({@link #reference}); empty if unknown
   */
  public static CapWriteResult write(Label label, Alert alert, String references) {
    try {
      ExportResult exported = CapExport.alert(label, alert, references);
      UnmappedCollector leftovers = new UnmappedCollector();
      leftovers.addAll(exported.unmapped());
      return written(exported.alert(), leftovers);
    } catch (CapProblem e) {
      return new BadRecord("CAP output", e.line(), e.path(), e.problem());
    }
  }

  /**
   * Converts a CAP document of either version to CAP 1.2.
   *
   * @return the document, with the parts that it changes or omits
   */
  public static CapWriteResult convert(CapAlert alert) {
    UnmappedCollector leftovers = new UnmappedCollector();
    leftovers.addAll(alert.unmapped());
    return written(CapUpgrade.of(alert.element(), leftovers, alert.line()), leftovers);
  }

  /**
   * Writes the cancellation of an earlier written alert.
   *
   * @param label of the recall, with message id, origin and time
   * @param alert the alert written for the recalled message
   */
  public static CapWriteResult cancel(Label label, Recall recall, CapElement alert) {
    List<CapElement> out = new ArrayList<>();
    out.add(CapElement.text("identifier", CapExport.identifier(label)));
    out.add(CapElement.text("sender", label.getOrigin()));
    out.add(CapElement.text("sent", CapText.time(label.getCreatedAt(), label.hasCreatedAt())));
    out.add(CapElement.text("status", alert.textOf("status")));
    out.add(CapElement.text("msgType", "Cancel"));
    for (String name : List.of("scope", "restriction", "addresses")) {
      out.addAll(alert.all(name));
    }
    out.add(CapElement.text("note", recall.getReason()));
    out.add(CapElement.text("references", reference(alert)));
    out.addAll(alert.all("incidents"));
    return written(CapElement.parent("alert", out), new UnmappedCollector());
  }

  /** The reference that other CAP documents use for an alert. */
  static String reference(CapElement alert) {
    return String.join(
        ",", alert.textOf("sender"), alert.textOf("identifier"), alert.textOf("sent"));
  }

  private static CapWriteResult written(CapElement element, UnmappedCollector leftovers) {
    replaced(element, "alert", leftovers);
    String xml = write(element);
    CapReadResult read = CapReader.read("CAP output", xml.getBytes(StandardCharsets.UTF_8));
    if (read instanceof BadRecord bad) {
      return new BadRecord("CAP output", bad.line(), bad.field(), bad.message());
    }
    return new CapXml(xml, leftovers.list());
  }

  private static void replaced(CapElement element, String path, UnmappedCollector leftovers) {
    if (!element.text().codePoints().allMatch(CapWriter::allowed)) {
      leftovers.add(0, path, "contains characters that XML cannot represent; written as U+FFFD");
    }
    element.children().forEach(child -> replaced(child, path + "/" + child.name(), leftovers));
  }

  /** Writes the element with its content as a document. */
  public static String write(CapElement alert) {
    StringBuilder out = new StringBuilder(DECLARATION);
    String namespace = " xmlns=\"" + CapVersion.V1_2.namespace() + "\"";
    element(alert, CapSchema.V1_2, namespace, "", out);
    return out.toString();
  }

  private static void element(
      CapElement element, CapSchema schema, String attributes, String indent, StringBuilder out) {
    if (out.length() > CapReader.MAX_BYTES) {
      // It is longer than the reader accepts, which the check by reading reports.
      return;
    }
    out.append(indent).append('<').append(element.name()).append(attributes).append(">\n");
    String inner = indent + "  ";
    for (CapSchema.Slot slot : schema.slots()) {
      for (CapElement child : element.all(slot.name())) {
        if (slot.type() == null) {
          text(child, inner, out);
        } else {
          element(child, slot.type(), "", inner, out);
        }
      }
    }
    out.append(indent).append("</").append(element.name()).append(">\n");
  }

  private static void text(CapElement element, String indent, StringBuilder out) {
    if (out.length() > CapReader.MAX_BYTES) {
      return;
    }
    out.append(indent).append('<').append(element.name()).append('>');
    element.text().codePoints().forEach(c -> character(c, out));
    out.append("</").append(element.name()).append(">\n");
  }

  private static void character(int c, StringBuilder out) {
    switch (c) {
      case '&' -> out.append("&amp;");
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '\r' -> out.append("&#xD;");
      default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
    }
  }

  /** XML 1.0 section 2.2. */
  private static boolean allowed(int c) {
    return c == '\t'
        || c == '\n'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }
}
