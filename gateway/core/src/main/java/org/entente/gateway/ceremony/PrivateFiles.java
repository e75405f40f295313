package org.entente.gateway.ceremony;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** Files and folders that only their owner may read: modes 0600 and 0700 from the first byte on. */
public final class PrivateFiles {
  private PrivateFiles() {}

  /** Makes a folder and what is missing above it; leaves one that is there as it is. */
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
   * Makes a folder that is to hold secrets.
   *
   * @throws FileAlreadyExistsException if it is there with something in it
   */
  public static void emptyFolder(Path folder) throws IOException {
    folder(folder);
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent()) {
        throw new FileAlreadyExistsException(folder.toString(), null, "not empty");
      }
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
  }

  /** Removes all that is in a folder, not following links. */
  public static void clear(Path folder) throws IOException {
    List<Path> inside;
    try (Stream<Path> entries = Files.walk(folder)) {
      inside = entries.filter(entry -> !entry.equals(folder)).toList();
    }
    for (int i = inside.size() - 1; i >= 0; i--) {
      // What stands in a folder comes after it.
      Files.delete(inside.get(i));
    }
  }

  /** Writes a new file. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a new file. */
  public static void write(Path file, byte[] content) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      folder(parent);
    }
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      out.write(content);
      out.getFD().sync();
    }
  }

  /** Replaces a file at once: a reader sees the old content or the new. */
  public static void replace(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    write(fresh, content);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
