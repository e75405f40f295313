package org.entente.loadtests.scenario.action;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.TreeSet;

/**
 * Search for texts in files. Ignores a file that disappears while a gateway runs, by replacement or
 * compaction. For one thread.
 */
public final class HeldTexts extends SimpleFileVisitor<Path> {
  private final Set<String> texts;
  private final Set<String> found = new TreeSet<>();

  private HeldTexts(Set<String> texts) {
    this.texts = texts;
  }

  /** The texts that occur in files at or below a path. */
  public static Set<String> in(Path place, Set<String> texts) {
    HeldTexts held = new HeldTexts(texts);
    try {
      Files.walkFileTree(place, held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return held.found;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
    if (!attributes.isRegularFile()) {
      // A link to a folder, as with changing rules; its target is visited separately.
      return FileVisitResult.CONTINUE;
    }
    try {
      // Latin-1 maps each byte to one character, so that the search works on any bytes.
      String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      for (String text : texts) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (content.contains(new String(bytes, StandardCharsets.ISO_8859_1))) {
          found.add(text);
        }
      }
      return FileVisitResult.CONTINUE;
    } catch (NoSuchFileException e) {
      return visitFileFailed(file, e);
    }
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
    if (failure instanceof NoSuchFileException) {
      return FileVisitResult.CONTINUE;
    }
    throw failure;
  }
}
