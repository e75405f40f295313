package org.entente.gateway.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.note.SignedNote;

/**
 * File of the last accepted bundle, and next to it the files of bundles that changed the roots.
 * After a restart the node still refuses an older bundle or another one of the same version, and
 * remembers rotated roots.
 *
 * <p>It holds the signed note itself: version, hash and roots follow from it, and damage shows as a
 * signature that does not verify. It is believed no more than any other file: the configured roots
 * must lead to it. Replaced atomically; durable when {@link #write} returns.
 */
final class AcceptedFile {
  private static final String ROTATION = ".rotation-";
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,15}");

  private final Path file;

  AcceptedFile(Path file) {
    this.file = file.toAbsolutePath();
  }

  /** The note; empty if none was ever accepted. */
  Optional<byte[]> read() throws IOException {
    return read(file);
  }

  /** A note file's bytes, cut beyond the largest note; empty if the file does not exist. */
  static Optional<byte[]> read(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(SignedNote.MAX_BYTES + 1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Replaces the note. */
  void write(byte[] note) throws IOException {
    write(file, note);
  }

  /**
   * Keeps a note that changed the roots: the way from the configured roots to later bundles, and
   * for peers who have not seen it. None is ever dropped; only the roots themselves can make more.
   */
  void keepRotation(long version, byte[] note) throws IOException {
    write(rotation(version), note);
  }

  /** The notes that changed the roots after a version, oldest first. */
  List<byte[]> rotationsAfter(long version) throws IOException {
    List<byte[]> notes = new ArrayList<>();
    for (Path each : rotations().tailMap(version, false).values()) {
      read(each).ifPresent(notes::add);
    }
    return notes;
  }

  private Path rotation(long version) {
    return file.resolveSibling(file.getFileName() + ROTATION + version);
  }

  private NavigableMap<Long, Path> rotations() throws IOException {
    NavigableMap<Long, Path> found = new TreeMap<>();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return found;
    }
    String prefix = file.getFileName() + ROTATION;
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        String number = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
        if (NUMBER.matcher(number).matches()) {
          found.put(Long.parseLong(number), entry);
        }
      }
    }
    return found;
  }

  private static void write(Path file, byte[] note) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("no folder above " + file);
    }
    Files.createDirectories(folder);
    DurableFile.write(file, note);
  }
}
