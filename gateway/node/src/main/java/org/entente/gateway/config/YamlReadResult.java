package org.entente.gateway.config;

import java.util.List;

/** What reading a file comes to: its value with positions, or what is wrong with it. */
public sealed interface YamlReadResult<T> {

  /**
   * It was read.
   *
   * @param value the content
   * @param positions where each field stands, for problems found later
   */
  record Read<T>(T value, FieldPositions positions) implements YamlReadResult<T> {}

  /** It was not; at least one problem. */
  record Unreadable<T>(List<ConfigProblem> problems) implements YamlReadResult<T> {
    public Unreadable {
      problems = List.copyOf(problems);
    }
  }
}
