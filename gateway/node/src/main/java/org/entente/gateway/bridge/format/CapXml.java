package org.entente.gateway.bridge.format;

import java.util.List;

/**
 * A CAP 1.2 document.
 *
 * @param xml the document, to be stored or sent in UTF-8
 * @param unmapped what of its source is not in it as it stood
 */
public record CapXml(String xml, List<UnmappedValue> unmapped) implements CapWriteResult {

  public CapXml {
    unmapped = List.copyOf(unmapped);
  }

  /** Names the size only: the content is not for logs. */
  @Override
  public String toString() {
    return "CapXml[" + xml.length() + " characters]";
  }
}
