package org.entente.gateway.bridge.cap;

import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.CapSchema;
import org.entente.gateway.bridge.format.CapSchema.Slot;
import org.entente.gateway.bridge.format.CapVersion;
import org.entente.gateway.bridge.format.PrintableText;

/** A CAP document being read. For one document and one thread. */
final class CapDocument {
  /** Most elements of a document. */
  static final int MAX_ELEMENTS = 10_000;

  /** Deepest nesting of elements: CAP nests five deep, a signature somewhat deeper. */
  static final int MAX_DEPTH = 32;

  /** Most attributes of an element: CAP has none, a signature few. */
  static final int MAX_ATTRIBUTES = 32;

  private static final String SIGNATURES = "http://www.w3.org/2000/09/xmldsig#";

  /** Attributes about the schema and not about the alert. */
  private static final String SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";

  private final String file;
  private final XMLStreamReader xml;
  private final UnmappedCollector leftovers = new UnmappedCollector();
  private String namespace = "";
  private int elements;
  private int depth;

  CapDocument(String file, XMLStreamReader xml) {
    this.file = file;
    this.xml = xml;
  }

  CapAlert read() throws XMLStreamException, CapProblem {
    next();
    while (!xml.isStartElement()) {
      next();
    }
    CapVersion version = version();
    namespace = version.namespace();
    int line = line();
    CapElement alert = parent(CapSchema.of(version), "alert");
    requireCompanion(alert, line, "Restricted", "restriction");
    requireCompanion(alert, line, "Private", "addresses");
    while (xml.hasNext()) {
      next();
    }
    return new CapAlert(file, line, version, alert, leftovers.list());
  }

  private CapVersion version() throws CapProblem {
    if (xml.getLocalName().equals("alert")) {
      for (CapVersion version : CapVersion.values()) {
        if (version.namespace().equals(xml.getNamespaceURI())) {
          return version;
        }
      }
    }
    throw new CapProblem(
        line(),
        PrintableText.cut(xml.getLocalName(), 40),
        "is not a CAP 1.1 or 1.2 alert: the root element must be alert in the namespace "
            + CapVersion.V1_1.namespace()
            + " or "
            + CapVersion.V1_2.namespace());
  }

  /** Starts on a start element and returns on its end. */
  private CapElement parent(CapSchema schema, String path) throws XMLStreamException, CapProblem {
    int line = line();
    String name = xml.getLocalName();
    attributes(path);
    List<CapElement> children = new ArrayList<>();
    List<Slot> seen = new ArrayList<>();
    next();
    while (!xml.isEndElement()) {
      if (xml.isStartElement()) {
        child(schema, path, seen, children);
      } else if (xml.isCharacters() && !xml.isWhiteSpace()) {
        throw new CapProblem(
            line(),
            path,
            "must contain only elements; found text " + PrintableText.quote(xml.getText()));
      }
      next();
    }
    for (Slot slot : schema.slots()) {
      if (slot.occurs().required() && !seen.contains(slot)) {
        throw new CapProblem(line, path + "/" + slot.name(), "is required and missing");
      }
    }
    return CapElement.parent(name, children);
  }

  private void child(CapSchema schema, String path, List<Slot> seen, List<CapElement> children)
      throws XMLStreamException, CapProblem {
    if (SIGNATURES.equals(xml.getNamespaceURI()) && path.equals("alert")) {
      leftovers.add(
          line(), path + "/Signature", "the XML signature is not checked and is left out");
      skip();
      return;
    }
    Slot slot = slot(schema, path);
    String childPath = path + "/" + slot.name();
    if (!slot.occurs().many() && seen.contains(slot)) {
      throw new CapProblem(line(), childPath, "is allowed only once here");
    }
    order(schema, seen, slot, childPath);
    if (slot.type() != null) {
      children.add(parent(slot.type(), childPath));
      seen.add(slot);
      return;
    }
    attributes(childPath);
    int line = line();
    String text = text(childPath);
    if (text.isEmpty() && !slot.occurs().required()) {
      return;
    }
    if (!slot.form().holds().test(text)) {
      throw new CapProblem(
          line,
          childPath,
          "must be " + slot.form().valid() + "; found " + PrintableText.quote(text));
    }
    children.add(CapElement.text(slot.name(), text));
    seen.add(slot);
  }

  private void attributes(String path) {
    for (int i = 0; i < xml.getAttributeCount(); i++) {
      if (!SCHEMA_INSTANCE.equals(xml.getAttributeNamespace(i))) {
        leftovers.add(
            line(),
            path + "/@" + xml.getAttributeLocalName(i),
            "CAP has no attributes; this one is left out");
      }
    }
  }

  private void order(CapSchema schema, List<Slot> seen, Slot slot, String path) {
    List<Slot> slots = schema.slots();
    if (!seen.isEmpty() && slots.indexOf(slot) < slots.indexOf(seen.get(seen.size() - 1))) {
      leftovers.add(
          line(), path, "is out of the order of CAP's schema, which strict readers refuse");
    }
  }

  private Slot slot(CapSchema schema, String path) throws CapProblem {
    String name = xml.getLocalName();
    if (namespace.equals(xml.getNamespaceURI())) {
      for (Slot slot : schema.slots()) {
        if (slot.name().equals(name)) {
          return slot;
        }
      }
    }
    throw new CapProblem(
        line(),
        path + "/" + PrintableText.cut(name, 40),
        "is not a CAP element here; valid are "
            + String.join(", ", schema.slots().stream().map(Slot::name).toList()));
  }

  private String text(String path) throws XMLStreamException, CapProblem {
    StringBuilder text = new StringBuilder();
    next();
    while (!xml.isEndElement()) {
      if (xml.isStartElement()) {
        throw new CapProblem(
            line(),
            path,
            "must contain only text; found element " + PrintableText.quote(xml.getLocalName()));
      }
      if (xml.isCharacters()) {
        text.append(xml.getText());
      }
      next();
    }
    return text.toString().strip();
  }

  /** Starts on a start element and returns on its end. */
  private void skip() throws XMLStreamException, CapProblem {
    int outside = depth - 1;
    while (depth > outside) {
      next();
    }
  }

  private void next() throws XMLStreamException, CapProblem {
    int event = xml.next();
    if (event == XMLStreamConstants.DTD) {
      throw new CapProblem(line(), "", "has a document type declaration; CAP needs none");
    }
    if (event == XMLStreamConstants.ENTITY_REFERENCE) {
      throw new CapProblem(line(), "", "refers to an entity that XML does not define");
    }
    if (event == XMLStreamConstants.START_ELEMENT) {
      started();
    } else if (event == XMLStreamConstants.END_ELEMENT) {
      depth--;
    }
  }

  private void started() throws CapProblem {
    depth++;
    elements++;
    if (elements > MAX_ELEMENTS) {
      throw new CapProblem(line(), "", "has more than " + MAX_ELEMENTS + " elements");
    }
    if (depth > MAX_DEPTH) {
      throw new CapProblem(line(), "", "has elements nested more than " + MAX_DEPTH + " deep");
    }
    if (xml.getAttributeCount() > MAX_ATTRIBUTES) {
      throw new CapProblem(
          line(),
          PrintableText.cut(xml.getLocalName(), 40),
          "has more than " + MAX_ATTRIBUTES + " attributes");
    }
  }

  private void requireCompanion(CapElement alert, int line, String scope, String companion)
      throws CapProblem {
    if (alert.textOf("scope").equals(scope) && alert.textOf(companion).isEmpty()) {
      throw new CapProblem(
          line, "alert/" + companion, "is required if scope is " + scope + ", but is missing");
    }
  }

  private int line() {
    return Math.max(1, xml.getLocation().getLineNumber());
  }
}
