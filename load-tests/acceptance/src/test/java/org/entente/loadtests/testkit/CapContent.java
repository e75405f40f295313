package org.entente.loadtests.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * What a CAP document says, as Java's own XML parser reads it: a line for each element that has a
 * text, with its path. Left out is what stands empty, and what gateways add: parameters whose names
 * begin with {@code entente:}.
 */
public final class CapContent {
  private static final String OURS = "entente:";

  private CapContent() {}

  /**
   * Reads a document.
   *
   * @param changed what CAP 1.2 wants otherwise than CAP 1.1, old text to new
   */
  public static List<String> of(Path file, Map<String, String> changed) throws IOException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setNamespaceAware(true);
      Element alert = factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement();
      List<String> lines = new ArrayList<>();
      collect(alert, "", changed, lines);
      return lines;
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static void collect(
      Element element, String above, Map<String, String> changed, List<String> lines) {
    List<Element> children = children(element);
    if (children.isEmpty()) {
      String text = element.getTextContent().strip();
      String line = above + "/" + element.getLocalName() + "=" + changed.getOrDefault(text, text);
      if (!text.isEmpty()) {
        lines.add(line);
      }
      return;
    }
    boolean ours =
        children.stream()
            .anyMatch(
                child ->
                    child.getLocalName().equals("valueName")
                        && child.getTextContent().strip().startsWith(OURS));
    if (!ours) {
      String path = above + "/" + element.getLocalName();
      lines.add(path);
      children.forEach(child -> collect(child, path, changed, lines));
    }
  }

  private static List<Element> children(Element element) {
    List<Element> children = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }
}
