package org.entente.gateway.feature.attachment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.MessageId;

/**
 * The folder of attachments. Names of files are ids in hexadecimal digits; nothing that a person
 * writes becomes part of a path. Safe for many threads.
 */
final class AttachmentFolder {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{32}(-[0-9a-f]{32})?");

  private final Path folder;
  private final LongSupplier room;

  AttachmentFolder(Path folder) {
    this(folder, () -> usable(folder));
  }

  /**
   * The same on a disk of a test.
   *
   * @param room bytes that the disk has left
   */
  AttachmentFolder(Path folder, LongSupplier room) {
    this.folder = folder;
    this.room = room;
  }

  /** The file of an upload. */
  SealedFile own(AttachmentId id, long size) {
    return new SealedFile(folder.resolve(ownName(id)), size);
  }

  /** The file of a received message. */
  SealedFile fetched(MessageId message, AttachmentId id, long size) {
    return new SealedFile(folder.resolve(fetchedName(message, id)), size);
  }

  static String ownName(AttachmentId id) {
    return id.toString();
  }

  static String fetchedName(MessageId message, AttachmentId id) {
    return message + "-" + id;
  }

  /**
   * A name of a file here.
   *
   * @throws IOException if it is not one
   */
  static String checked(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("a list of attachments is damaged");
    }
    return name;
  }

  /** Creates the folder for its owner only, if it is missing. */
  void make() {
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("attachments.folder cannot be created", e);
    }
  }

  /** Makes names of new files durable. */
  void sync() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("attachments.folder cannot be synced", e);
    }
  }

  /** Bytes that its disk has left. */
  long room() {
    return room.getAsLong();
  }

  private static long usable(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("attachments.folder cannot be read", e);
    }
  }

  /** The names of all attachments in it; other files are not touched. */
  List<String> names() {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(path -> String.valueOf(path.getFileName()))
          .filter(name -> NAME.matcher(name).matches())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("attachments.folder cannot be read", e);
    }
  }

  /** Removes a file that {@link #names} gave. */
  void remove(String name) {
    new SealedFile(folder.resolve(name), 1).delete();
  }
}
