package org.entente.gateway.cli.text;

import java.io.StringWriter;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A page of HTML for people to read, print and file: it holds all that it shows, loads nothing and
 * runs no script. It is XML too. Text of others stays text: markup in it is escaped, and characters
 * that control a terminal or change the direction of text are replaced. Used by one thread.
 */
public final class HtmlPage {
  private static final String STYLE =
      """
      body { font: 11pt/1.45 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
        color: #111; background: #fff; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
      table { border-collapse: collapse; width: 100%; font-size: 0.85rem; margin: 0.5rem 0 1rem; }
      th, td { border: 1px solid #999; padding: 0.25rem 0.4rem; text-align: left;
        vertical-align: top; }
      td { overflow-wrap: anywhere; }
      th { background: #eee; }
      ol.letters { list-style: lower-alpha; }
      @media print { body { margin: 0; max-width: none; } h2, h3 { break-after: avoid; }
        tr { break-inside: avoid; } section.sheet { break-before: page; } }
      """;

  private final StringWriter out = new StringWriter();
  private final XMLStreamWriter xml;

  /** A page with a title, which is also its first heading. */
  public HtmlPage(String title) {
    try {
      xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeDTD("<!DOCTYPE html>");
      xml.writeStartElement("html");
      xml.writeDefaultNamespace("http://www.w3.org/1999/xhtml");
      xml.writeAttribute("lang", "en");
      xml.writeStartElement("head");
      xml.writeEmptyElement("meta");
      xml.writeAttribute("charset", "utf-8");
      xml.writeEmptyElement("meta");
      xml.writeAttribute("http-equiv", "Content-Security-Policy");
      xml.writeAttribute("content", "default-src 'none'; style-src 'unsafe-inline'");
      element("title", title);
      xml.writeStartElement("style");
      xml.writeCharacters(STYLE);
      xml.writeEndElement();
      xml.writeEndElement();
      xml.writeStartElement("body");
      element("h1", title);
    } catch (XMLStreamException e) {
      throw failure(e);
    }
  }

  private void element(String name, String text) throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(TerminalText.printable(text));
    xml.writeEndElement();
  }

  private static IllegalStateException failure(XMLStreamException e) {
    return new IllegalStateException("text in memory cannot be written", e);
  }

  /**
   * Adds a heading.
   *
   * @param level 2 or 3
   */
  public HtmlPage heading(int level, String text) {
    return add(() -> element("h" + level, text));
  }

  /** Adds a paragraph. */
  public HtmlPage paragraph(String text) {
    return add(() -> element("p", text));
  }

  /** Adds a list whose entries are lettered from a; nothing if there are none. */
  public HtmlPage letters(List<String> items) {
    return items.isEmpty() ? this : add(() -> list(items));
  }

  private void list(List<String> items) throws XMLStreamException {
    xml.writeStartElement("ol");
    xml.writeAttribute("class", "letters");
    for (String item : items) {
      element("li", item);
    }
    xml.writeEndElement();
  }

  /**
   * Adds a table; a column that is empty in every row is left out.
   *
   * @param headings one for each column
   * @param rows each with a cell for each column
   */
  public HtmlPage table(List<String> headings, List<List<String>> rows) {
    return add(() -> writeTable(headings, rows));
  }

  private void writeTable(List<String> headings, List<List<String>> rows)
      throws XMLStreamException {
    List<Integer> columns =
        IntStream.range(0, headings.size())
            .filter(column -> rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
            .boxed()
            .toList();
    xml.writeStartElement("table");
    row("th", columns, headings);
    for (List<String> cells : rows) {
      row("td", columns, cells);
    }
    xml.writeEndElement();
  }

  private void row(String cell, List<Integer> columns, List<String> cells)
      throws XMLStreamException {
    xml.writeStartElement("tr");
    for (int column : columns) {
      element(cell, cells.get(column));
    }
    xml.writeEndElement();
  }

  /** Adds a table of facts, each with its name before it. */
  public HtmlPage facts(List<List<String>> rows) {
    return add(
        () -> {
          xml.writeStartElement("table");
          for (List<String> row : rows) {
            xml.writeStartElement("tr");
            element("th", row.get(0));
            element("td", row.get(1));
            xml.writeEndElement();
          }
          xml.writeEndElement();
        });
  }

  /** The whole page, which ends with this call. */
  public String end() {
    add(xml::writeEndDocument);
    return out + "\n";
  }

  /** Writes a part. */
  private interface Part {
    void write() throws XMLStreamException;
  }

  private HtmlPage add(Part part) {
    try {
      part.write();
      return this;
    } catch (XMLStreamException e) {
      throw failure(e);
    }
  }
}
