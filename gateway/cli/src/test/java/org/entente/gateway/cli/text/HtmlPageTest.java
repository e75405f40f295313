package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

/** Pages that people print and file. */
class HtmlPageTest {
  private static Document parsed(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void hostileText_staysText() throws Exception {
    String text =
        "</td></title></style><script>alert(1)</script>&<img src=x onerror=y>\u202egnp\u0000";
    String html =
        new HtmlPage(text)
            .heading(2, text)
            .paragraph(text)
            .letters(List.of(text))
            .table(List.of(text), List.of(List.of(text)))
            .facts(List.of(List.of(text, text)))
            .end();
    Document page = parsed(html);
    assertEquals(0, page.getElementsByTagName("script").getLength());
    assertEquals(0, page.getElementsByTagName("img").getLength());
    assertEquals(1, page.getElementsByTagName("style").getLength());
    assertFalse(html.contains("\u202e") || html.contains("\u0000"), html);
    String said = page.getElementsByTagName("p").item(0).getTextContent();
    assertTrue(said.startsWith("</td></title></style><script>alert(1)</script>&<img "), said);
  }

  @Test
  void page_loadsNothing_andSaysWhatItWasGiven() throws Exception {
    String html =
        new HtmlPage("Title")
            .table(
                List.of("a", "empty", "b"), List.of(List.of("1", "", "2"), List.of("3", "", "4")))
            .letters(List.of())
            .end();
    assertTrue(html.startsWith("<!DOCTYPE html>"), html);
    assertTrue(html.contains("default-src 'none'"), html);
    Document page = parsed(html);
    assertEquals("Title", page.getElementsByTagName("title").item(0).getTextContent());
    assertEquals(2, page.getElementsByTagName("th").getLength(), "an empty column is left out");
    assertEquals(4, page.getElementsByTagName("td").getLength());
    assertEquals(0, page.getElementsByTagName("ol").getLength());
    assertEquals("en", page.getDocumentElement().getAttribute("lang"));
  }
}
