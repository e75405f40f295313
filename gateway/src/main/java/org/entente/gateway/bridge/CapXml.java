package org.entente.gateway.bridge;

/**
 * A CAP 1.2 document.
 *
 * @param xml the document, to be stored or sent in UTF-8
 */
public record CapXml(String xml) implements CapWriting {

  /** Names the size only: the content is not for logs. */
  @Override
  public String toString() {
    return "CapXml[" + xml.length() + " characters]";
  }
}
