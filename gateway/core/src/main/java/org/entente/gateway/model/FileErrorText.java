package org.entente.gateway.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/** Text for people of an error with a file. Stateless. */
public final class FileErrorText {
  /** Most names of a folder that are compared with a missing one. */
  private static final int COMPARED = 1_000;

  private FileErrorText() {}

  /**
   * For the person who named a file that does not exist: {@code ; did you mean "node.yaml"?}, or
   * nothing. Reads the folder, so it is not for text that leaves the machine.
   */
  public static String nearest(IOException e) {
    return e instanceof NoSuchFileException missing && missing.getFile() != null
        ? nearest(Path.of(missing.getFile()).toAbsolutePath())
        : "";
  }

  private static String nearest(Path missing) {
    Path around = missing.getParent();
    if (around == null) {
      return "";
    }
    if (!Files.isDirectory(around)) {
      return nearest(around);
    }
    try (Stream<Path> files = Files.list(around)) {
      return NameSuggestion.behind(
          String.valueOf(missing.getFileName()),
          files
              .limit(COMPARED)
              .map(file -> InvalidValue.printable(String.valueOf(file.getFileName())))
              .toList());
    } catch (IOException | UncheckedIOException unreadable) {
      return "";
    }
  }

  /**
   * For the person who lacks a permission: {@code ; /etc/entente belongs to entente with mode
   * rwx------, and this program runs as anna}, or nothing. Not for text that leaves the machine.
   */
  public static String access(IOException e) {
    return e instanceof AccessDeniedException denied && denied.getFile() != null
        ? access(Path.of(denied.getFile()))
        : "";
  }

  /** The same of a file without permission; names the nearest path whose owner can be read. */
  public static String access(Path denied) {
    Path at = denied.toAbsolutePath();
    try {
      PosixFileAttributes of = Files.readAttributes(at, PosixFileAttributes.class);
      return "; %s belongs to %s with mode %s, and this program runs as %s"
          .formatted(
              at,
              of.owner().getName(),
              PosixFilePermissions.toString(of.permissions()),
              System.getProperty("user.name"));
    } catch (IOException unreadable) {
      Path above = at.getParent();
      return above == null ? "" : access(above);
    }
  }

  /** A short text without the file's name, which the caller adds. */
  public static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission is denied";
    }
    if (e instanceof NotDirectoryException) {
      return "it is not a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it already exists";
    }
    if (e instanceof CharacterCodingException) {
      return "it is not text in UTF-8";
    }
    String told = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
    return told == null || told.isBlank()
        ? e.getClass().getSimpleName()
        : InvalidValue.printable(told);
  }
}
