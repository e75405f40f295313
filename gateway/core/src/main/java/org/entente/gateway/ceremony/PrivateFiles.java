package org.entente.gateway.ceremony;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.DurableFile;

/**
 * Writes files and folders that only their owner may read: modes 0600 and 0700 from the first byte
 * on.
 */
public final class PrivateFiles {
  private PrivateFiles() {}

  /** Makes a folder and its missing parents; leaves an existing folder unchanged. */
  public static void folder(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    Path parent = absolute.getParent();
    if (Files.isDirectory(absolute)) {
      return;
    }
    if (parent != null) {
      folder(parent);
    }
    Files.createDirectory(
        absolute,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /**
   * Makes a folder for secrets.
   *
   * @throws FileAlreadyExistsException if it exists and is not empty
   */
  public static void emptyFolder(Path folder) throws IOException {
    folder(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new FileAlreadyExistsException(
            folder.toString(), null, "is not empty; name a new folder");
      }
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** Removes a folder's content without following links. */
  public static void clear(Path folder) throws IOException {
    List<Path> inside;
    try (Stream<Path> entries = Files.walk(folder)) {
      inside = entries.filter(entry -> !entry.equals(folder)).toList();
    }
    for (int i = inside.size() - 1; i >= 0; i--) {
      // A folder's content is listed after it.
      Files.delete(inside.get(i));
    }
  }

  /** Writes a new file. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a new file durably, and makes missing folders above it. */
  public static void write(Path file, byte[] content) throws IOException {
    folderOf(file);
    DurableFile.create(file, content);
  }

  /**
   * Replaces a file atomically and durably, and makes missing folders above it: a reader sees the
   * old content or the new.
   */
  public static void replace(Path file, byte[] content) throws IOException {
    folderOf(file);
    DurableFile.write(file, content);
  }

  private static void folderOf(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      folder(parent);
    }
  }
}
