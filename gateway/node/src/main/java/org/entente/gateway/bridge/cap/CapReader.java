package org.entente.gateway.bridge.cap;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.XmlText;

/**
 * Reader of CAP 1.1 and 1.2 documents (OASIS Common Alerting Protocol).
 *
 * <p>Checks a document against its schema, except for the order of elements, which publishers often
 * get wrong without harm: unknown, missing, repeated and malformed elements are reported with line
 * and path. Empty optional elements count as absent. XML signatures are skipped and not checked,
 * and attributes are not part of CAP: both are reported in {@code CapAlert#unmapped}.
 *
 * <p>A document type declaration is refused before anything in it is looked at, so there are no
 * entities beyond XML's five, nothing is expanded and nothing fetched. XInclude is not done. A
 * document has at most {@value #MAX_BYTES} bytes and {@value CapDocument#MAX_ELEMENTS} elements,
 * nested at most {@value CapDocument#MAX_DEPTH} deep, of at most {@value
 * CapDocument#MAX_ATTRIBUTES} attributes each; parts that are skipped count. Safe for use by
 * several threads.
 */
public final class CapReader {
  /** Largest document, in bytes. */
  public static final int MAX_BYTES = 1 << 20;

  private CapReader() {}

  /**
   * Reads one document to its end; the caller closes the stream.
   *
   * @param file its name in reports
   * @throws IOException if the stream itself fails
   */
  public static CapReadResult read(String file, InputStream in) throws IOException {
    return read(file, in.readNBytes(MAX_BYTES + 1));
  }

  /**
   * Reads one document.
   *
   * @param file its name in reports
   */
  public static CapReadResult read(String file, byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return new BadRecord(file, 1, "", "is longer than " + MAX_BYTES + " bytes");
    }
    try {
      XMLStreamReader xml =
          factory().createXMLStreamReader(new StringReader(XmlText.decode(bytes)));
      try {
        return new CapDocument(file, xml).read();
      } finally {
        xml.close();
      }
    } catch (CapProblem e) {
      return new BadRecord(file, e.line(), e.path(), e.problem());
    } catch (XMLStreamException e) {
      return new BadRecord(file, line(e.getLocation()), "", "is not well-formed XML: " + reason(e));
    }
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("external entities are not read");
        });
    return factory;
  }

  private static int line(Location location) {
    return location == null ? 1 : Math.max(1, location.getLineNumber());
  }

  /** The parser's message without its leading position. */
  private static String reason(XMLStreamException e) {
    String message = String.valueOf(e.getMessage());
    int at = message.indexOf("Message: ");
    return at < 0 ? message : message.substring(at + "Message: ".length());
  }
}
