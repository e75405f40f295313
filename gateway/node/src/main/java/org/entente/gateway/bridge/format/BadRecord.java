package org.entente.gateway.bridge.format;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A record that gave no draft, reported to the person who supplies it.
 *
 * @param file the file it was read from
 * @param line line of the fault if known, otherwise the line on which the record begins, from 1; 0
 *     if the file could not be read
 * @param field the faulty field: path in the draft ({@code label.purpose}), element path of a CAP
 *     file ({@code alert/scope}), or JSON pointer; empty if there is none
 * @param message the fault and the valid form; at most 500 characters without control characters;
 *     may quote a short piece of the record
 * @param further its other faults, at most nine
 */
public record BadRecord(
    String file, int line, String field, String message, List<BadRecord> further)
    implements AlertItem, CapReadResult, CapWriteResult, RecordReadResult {
  private static final int MESSAGE = 500;
  private static final int FIELD = 200;

  public BadRecord {
    further = List.copyOf(further);
    file = PrintableText.cut(file, MESSAGE);
    field = PrintableText.cut(field, FIELD);
    message = PrintableText.cut(message, MESSAGE);
  }

  public BadRecord(String file, int line, String field, String message) {
    this(file, line, field, message, List.of());
  }

  /** {@code field: message} of the first fault; without the field if there is none. */
  public String fault() {
    return (field.isEmpty() ? "" : field + ": ") + message;
  }

  /**
   * {@code file:line: field: message}, one line for each fault; without the line if the whole file
   * is bad.
   */
  @Override
  public String toString() {
    String first = file + (line == 0 ? "" : ":" + line) + ": " + fault();
    return Stream.concat(Stream.of(first), further.stream().map(BadRecord::toString))
        .collect(Collectors.joining("\n"));
  }
}
