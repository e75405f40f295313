package org.entente.gateway.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Copies folders with all that is in them, such as a backup that is kept or stolen. */
public final class FolderCopy {
  private FolderCopy() {}

  /** Copies a folder with its modes; folders that the copy has already stay. */
  public static void of(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Path copy = to.resolve(from.relativize(one).toString());
        if (!Files.isDirectory(copy)) {
          Files.copy(one, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
