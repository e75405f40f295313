package org.entente.gateway.model;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What went wrong with a file, in words for whoever named it. Stateless. */
public final class FileErrorText {
  private FileErrorText() {}

  /** A few words without the file's name, which the caller says. */
  public static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "permission is denied";
    }
    if (e instanceof NotDirectoryException) {
      return "it is no folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it is there already";
    }
    String told = e instanceof FileSystemException of ? of.getReason() : e.getMessage();
    return told == null || told.isBlank()
        ? e.getClass().getSimpleName()
        : InvalidValue.printable(told);
  }
}
