package org.entente.gateway.bridge;

/**
 * A CAP alert that kept to its schema.
 *
 * @param file the file it was read from
 * @param line line of its {@code alert} element, from 1
 * @param version the version it was written in
 * @param element the {@code alert} element, complete and valid
 */
public record CapAlert(String file, int line, CapVersion version, CapElement element)
    implements CapReading {

  /** Names the place only: the content is not for logs. */
  @Override
  public String toString() {
    return "CapAlert[" + file + ":" + line + "]";
  }
}
