package org.entente.gateway.bridge.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An element of a CAP document: text or children, never both. Empty optional elements of the
 * document are not kept. Immutable.
 *
 * @param name local name, such as {@code areaDesc}
 * @param text its text without surrounding white space; empty if it has children
 * @param children in document order
 */
public record CapElement(String name, String text, List<CapElement> children) {
  public CapElement {
    children = List.copyOf(children);
  }

  public static CapElement text(String name, String text) {
    return new CapElement(name, text, List.of());
  }

  public static CapElement parent(String name, List<CapElement> children) {
    return new CapElement(name, "", children);
  }

  /** The children with that name. */
  public List<CapElement> all(String child) {
    return children.stream().filter(element -> element.name.equals(child)).toList();
  }

  /** Text of the first child with that name; empty if there is none. */
  public String textOf(String child) {
    return textOf(child, "");
  }

  /** Text of the first child with that name, or the default. */
  public String textOf(String child, String absent) {
    return children.stream()
        .filter(element -> element.name.equals(child))
        .findFirst()
        .map(CapElement::text)
        .orElse(absent);
  }

  /** Texts of the children with that name. */
  public List<String> textsOf(String child) {
    return all(child).stream().map(CapElement::text).toList();
  }

  /**
   * The element as mapping expressions see it: a map from child name to text or to a map; if CAP
   * allows several such children, always to a list of these.
   */
  public Map<String, Object> toMap(CapSchema schema) {
    Map<String, Object> out = new LinkedHashMap<>();
    for (CapSchema.Slot slot : schema.slots()) {
      List<Object> values = new ArrayList<>();
      for (CapElement child : all(slot.name())) {
        values.add(slot.type() == null ? child.text : child.toMap(slot.type()));
      }
      if (!values.isEmpty()) {
        out.put(slot.name(), slot.occurs().many() ? List.copyOf(values) : values.get(0));
      }
    }
    return out;
  }
}
