package org.entente.gateway.model;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
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

/** Writes a file as a whole and durably. Stateless. */
public final class DurableFile {
  private static final Set<StandardOpenOption> FRESH =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private DurableFile() {}

  /**
   * Writes bytes to a file that does not exist yet. On return content and name are on disk. A
   * process that is killed meanwhile may leave the beginning of the content. Only the owner may
   * read the file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if something exists there, including a
   *     dangling link; it stays unchanged
   * @throws IOException if it cannot be written; the partial file is removed, unless only the final
   *     sync of the folder failed
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

  /** Writes a text in UTF-8 as {@link #write(Path, byte[])} writes bytes. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes bytes to a file as {@link #write(Path, Content)} does. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, out -> out.write(content));
  }

  /** Writes the content of a file. */
  public interface Content {
    /** Writes all of it; need not flush or close the stream. */
    void to(OutputStream out) throws IOException;
  }

  /**
   * Writes a file, replacing its content. On return content and name are on disk. Until then,
   * readers of that name find the previous content, or no file. The new content is written next to
   * it, under the name with {@code .new} appended; what is there is removed, and a link is not
   * followed. Only the owner may read the file.
   *
   * @throws IOException if it cannot be written; the file is then unchanged, unless only the final
   *     sync of the folder failed
   */
  public static void write(Path file, Content content) throws IOException {
    Path whole = file.toAbsolutePath();
    Path folder = folder(whole);
    Path fresh = whole.resolveSibling(whole.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    boolean complete = false;
    try {
      try (FileChannel channel = FileChannel.open(fresh, FRESH, ownersAlone());
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel))) {
        content.to(out);
        out.flush();
        channel.force(true);
      }
      Files.move(fresh, whole, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      complete = true;
    } finally {
      // A partial file must not remain under the temporary name, whatever the content threw.
      if (!complete) {
        Files.deleteIfExists(fresh);
      }
    }
    sync(folder);
  }

  private static Path folder(Path file) throws IOException {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IOException("is not the name of a file");
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
