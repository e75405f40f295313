package org.entente.gateway.bridge.format;

import java.util.List;

/**
 * A CAP alert that kept to its schema.
 *
 * @param file the file it was read from
 * @param line line of its {@code alert} element, from 1
 * @param version the version it was written in
 * @param element the {@code alert} element, complete and valid
 * @param unmapped what stood in the document and is no part of {@code element}: signatures,
 *     attributes; and elements out of their order, which are taken all the same
 */
public record CapAlert(
    String file, int line, CapVersion version, CapElement element, List<UnmappedValue> unmapped)
    implements CapReadResult {

  public CapAlert {
    unmapped = List.copyOf(unmapped);
  }

  /** Names the place only: the content is not for logs. */
  @Override
  public String toString() {
    return "CapAlert[" + file + ":" + line + "]";
  }
}
