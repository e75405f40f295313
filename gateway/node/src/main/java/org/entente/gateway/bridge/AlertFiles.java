package org.entente.gateway.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists the files that an {@link AlertSource} reads, with their formats. */
final class AlertFiles {
  /** Format of a file. */
  enum Format {
    JSON_LINES,
    CAP
  }

  /**
   * One file.
   *
   * @param name its name in reports
   */
  record AlertFile(Path path, String name, Format format) {}

  private static final int LOOKED_AT = 1_024;

  private AlertFiles() {}

  /** The file, or the folder's files by name; files of unknown format are left out. */
  static List<AlertFile> list(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      Optional<Format> named = byName(path);
      return (named.isPresent() ? named : byContent(path))
          .map(format -> List.of(new AlertFile(path, path.toString(), format)))
          .orElse(List.of());
    }
    try (Stream<Path> entries = Files.list(path)) {
      List<AlertFile> files = new ArrayList<>();
      for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
        byName(file).ifPresent(format -> files.add(new AlertFile(file, file.toString(), format)));
      }
      return files;
    }
  }

  private static Optional<Format> byName(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
      return Optional.of(Format.JSON_LINES);
    }
    if (name.endsWith(".cap") || name.endsWith(".xml")) {
      return Optional.of(Format.CAP);
    }
    return Optional.empty();
  }

  /** Chosen by the first character that is not white space. */
  private static Optional<Format> byContent(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      for (byte c : in.readNBytes(LOOKED_AT)) {
        if (c == '{') {
          return Optional.of(Format.JSON_LINES);
        }
        if (c == '<') {
          return Optional.of(Format.CAP);
        }
        if (!Character.isWhitespace(c) && c > 0) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
