package org.entente.gateway.bridge.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that is written as a whole. Stateless. */
public final class DurableFile {
  private static final Set<StandardOpenOption> FRESH =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private DurableFile() {}

  /**
   * Writes bytes to a file that is not there yet. On return content and name are on the disk. A
   * process that is killed meanwhile may leave the beginning of it. Only its owner may read it.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something is there, a link to nothing too;
   *     it stays as it is
   * @throws IOException if it cannot be written; what was begun is removed, unless only the last
   *     syncing of the folder failed
   */
  public static void create(Path file, byte[] content) throws IOException {
    Path whole = file.toAbsolutePath();
    Path folder = folder(whole);
    try (FileChannel channel = FileChannel.open(whole, FRESH, ownersAlone())) {
      try {
        put(channel, content);
      } catch (IOException e) {
        Files.deleteIfExists(whole);
        throw e;
      }
    }
    sync(folder);
  }

  /**
   * Writes a text in UTF-8 to a file, or replaces what it holds. On return content and name are on
   * the disk. Until then whoever reads that name finds what was there before, or nothing; what is
   * being written stands beside it under the name with {@code .new} behind it. Only its owner may
   * read it.
   *
   * @throws IOException if it cannot be written; under its name nothing has changed, unless only
   *     the last syncing of the folder failed
   */
  public static void write(Path file, String text) throws IOException {
    Path whole = file.toAbsolutePath();
    Path folder = folder(whole);
    Path fresh = whole.resolveSibling(whole.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try {
      try (FileChannel channel = FileChannel.open(fresh, FRESH, ownersAlone())) {
        put(channel, text.getBytes(StandardCharsets.UTF_8));
      }
      Files.move(fresh, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // What was opened for one name is not left under another.
      Files.deleteIfExists(fresh);
      throw e;
    }
    sync(folder);
  }

  private static Path folder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("it is no file's name");
    }
    return folder;
  }

  private static FileAttribute<Set<PosixFilePermission>> ownersAlone() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }

  private static void put(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }
}
