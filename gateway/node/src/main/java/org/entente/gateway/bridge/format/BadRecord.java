package org.entente.gateway.bridge.format;

/**
 * A record that gave no draft, as a report for the person who feeds it.
 *
 * @param file the file it was read from
 * @param line line of the fault where it is known, otherwise line on which the record begins, from
 *     1; 0 where the file could not be read at all
 * @param field the field at fault: path in the draft ({@code label.purpose}), element path of a CAP
 *     file ({@code alert/scope}), JSON pointer; empty where none is
 * @param message what was wrong and what would be valid; at most 500 characters, none of them a
 *     control character; may quote a short piece of the record
 */
public record BadRecord(String file, int line, String field, String message)
    implements AlertItem, CapReadResult, CapWriteResult, RecordReadResult {
  private static final int MESSAGE = 500;
  private static final int FIELD = 200;

  public BadRecord {
    file = PrintableText.cut(file, MESSAGE);
    field = PrintableText.cut(field, FIELD);
    message = PrintableText.cut(message, MESSAGE);
  }

  /** {@code field: message}; without the field where none is at fault. */
  public String fault() {
    return (field.isEmpty() ? "" : field + ": ") + message;
  }

  /** {@code file:line: field: message}; without the line where it is the file that is bad. */
  @Override
  public String toString() {
    return file + (line == 0 ? "" : ":" + line) + ": " + fault();
  }
}
