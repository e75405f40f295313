package org.entente.gateway.model;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Text for people of an error with a file. Stateless. */
public final class FileErrorText {
  private FileErrorText() {}

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
    String told = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
    return told == null || told.isBlank()
        ? e.getClass().getSimpleName()
        : InvalidValue.printable(told);
  }
}
