package org.entente.gateway.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of reading a file: its value with positions, or its problems. */
public sealed interface YamlReadResult<T> {

  /**
   * The file was read.
   *
   * @param value the content
   * @param positions the position of each field, for problems found later
   */
  record Read<T>(T value, FieldPositions positions) implements YamlReadResult<T> {}

  /**
   * The file was not read.
   *
   * @param problems at least one
   * @param rest the file without its unknown fields, to find what else is wrong; null if other
   *     problems prevent reading it
   */
  record Unreadable<T>(List<ConfigProblem> problems, @Nullable Read<T> rest)
      implements YamlReadResult<T> {
    public Unreadable {
      problems = List.copyOf(problems);
    }

    /** Nothing else of the file can be checked. */
    public Unreadable(List<ConfigProblem> problems) {
      this(problems, null);
    }
  }
}
