package org.entente.gateway.bridge.format;

import java.util.List;

/**
 * A CAP alert that conforms to its schema, except for the order of elements.
 *
 * @param file the file it was read from
 * @param line line of its {@code alert} element, from 1
 * @param version the version it was written in
 * @param element the {@code alert} element, complete and valid
 * @param unmapped the parts of the document that are not in {@code element}: signatures,
 *     attributes; also elements out of order, which are in it
 */
public record CapAlert(
    String file, int line, CapVersion version, CapElement element, List<UnmappedValue> unmapped)
    implements CapReadResult {

  public CapAlert {
    unmapped = List.copyOf(unmapped);
  }

  /** Names the place only: the content must not appear in logs. */
  @Override
  public String toString() {
    return "CapAlert[" + file + ":" + line + "]";
  }
}
