package org.entente.gateway.bridge.format;

import java.util.List;

/**
 * A CAP 1.2 document.
 *
 * @param xml the document, to be stored or sent in UTF-8
 * @param unmapped the parts of its source that it changes or omits
 */
public record CapXml(String xml, List<UnmappedValue> unmapped) implements CapWriteResult {

  public CapXml {
    unmapped = List.copyOf(unmapped);
  }

  /** Names the size only: the content must not appear in logs. */
  @Override
  public String toString() {
    return "CapXml[" + xml.length() + " characters]";
  }
}
