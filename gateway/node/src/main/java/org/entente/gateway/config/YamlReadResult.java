package org.entente.gateway.config;

import java.util.List;

/** The result of reading a file: its value with positions, or its problems. */
public sealed interface YamlReadResult<T> {

  /**
   * The file was read.
   *
   * @param value the content
   * @param positions the position of each field, for problems found later
   */
  record Read<T>(T value, FieldPositions positions) implements YamlReadResult<T> {}

  /** The file was not read; at least one problem. */
  record Unreadable<T>(List<ConfigProblem> problems) implements YamlReadResult<T> {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }
}
