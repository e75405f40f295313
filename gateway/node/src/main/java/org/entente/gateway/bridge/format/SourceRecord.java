package org.entente.gateway.bridge.format;

import java.util.Map;

/**
 * One record of an agency's own export, as mapping expressions see it in {@code source}.
 *
 * @param file the file it was read from
 * @param line line on which it begins, from 1
 * @param fields of {@link String}, {@link Boolean}, {@link Long}, {@link Double}, {@link
 *     java.util.List} and {@link Map} of these; null is absent
 */
public record SourceRecord(String file, int line, Map<String, Object> fields)
    implements RecordReadResult {

  /** Names the place only: the content must not appear in logs. */
  @Override
  public String toString() {
    return "SourceRecord[" + file + ":" + line + "]";
  }
}
