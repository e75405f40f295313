package org.entente.gateway.seal.keys;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Folder that only its owner may enter, whose files are replaced whole.
 *
 * <p>A new file is written next to the old one, synced and renamed over it, and the folder is
 * synced. So at any moment, also after a crash, the name leads to the old content or to the new
 * one. The old bytes are then overwritten in place. That clears them from an ordinary disk, but not
 * from media and file systems that write elsewhere (flash, copy on write, snapshots).
 */
final class PrivateFolder implements KeyFileWriter {
  private static final String UNFINISHED = ".new";
  private static final Set<PosixFilePermission> OWNER_READS_AND_WRITES =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_ENTERS =
      PosixFilePermissions.fromString("rwx------");

  private final Path folder;

  private PrivateFolder(Path folder) {
    this.folder = folder;
  }

  /** Opens {@code folder}, creating it if missing. */
  static PrivateFolder open(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      make(absolute);
    }
    requirePrivate(absolute, OWNER_ENTERS);
    return new PrivateFolder(absolute);
  }

  private static void make(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.exists(parent)) {
      make(parent);
    }
    Files.createDirectory(folder, only(OWNER_ENTERS));
    if (parent != null) {
      sync(parent);
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> only(Set<PosixFilePermission> allowed) {
    return PosixFilePermissions.asFileAttribute(allowed);
  }

  private static void requirePrivate(Path path, Set<PosixFilePermission> most) throws IOException {
    Set<PosixFilePermission> granted = Files.getPosixFilePermissions(path);
    if (!most.containsAll(granted)) {
      throw new KeystoreFailure(
          Kind.INSECURE,
          path
              + " has mode "
              + PosixFilePermissions.toString(granted)
              + "; at most "
              + PosixFilePermissions.toString(most)
              + " is allowed");
    }
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** The content of a file, or null if there is none. */
  byte @Nullable [] read(String name) throws IOException {
    Path file = path(name);
    if (!Files.exists(file)) {
      return null;
    }
    requirePrivate(file, OWNER_READS_AND_WRITES);
    return Files.readAllBytes(file);
  }

  /** A channel on a file of the folder, created if missing. */
  FileChannel channel(String name) throws IOException {
    return FileChannel.open(
        path(name),
        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE),
        only(OWNER_READS_AND_WRITES));
  }

  /** Names of the files that hold single secrets. */
  List<String> secretFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(SecretFile::isName)
          .sorted()
          .toList();
    }
  }

  @Override
  public void create(String name, byte[] content) throws IOException {
    Path file = path(name);
    Files.createFile(file, only(OWNER_READS_AND_WRITES));
    write(file, content);
  }

  @Override
  public void delete(String name) throws IOException {
    Path file = path(name);
    if (Files.exists(file)) {
      try (RandomAccessFile old = new RandomAccessFile(file.toFile(), "rw")) {
        overwrite(old);
      }
      Files.delete(file);
    }
  }

  @Override
  public void sync() throws IOException {
    sync(folder);
  }

  /** Replaces a file and overwrites its old content. */
  @Override
  public void replace(String name, byte[] content) throws IOException {
    Path file = path(name);
    Path unfinished = path(name + UNFINISHED);
    Files.createFile(unfinished, only(OWNER_READS_AND_WRITES));
    write(unfinished, content);
    if (!Files.exists(file)) {
      rename(unfinished, file);
      return;
    }
    // Opened before the rename, which removes its name.
    try (RandomAccessFile old = new RandomAccessFile(file.toFile(), "rw")) {
      rename(unfinished, file);
      overwrite(old);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
  }

  /** Removes an unfinished file left by a crash; it was never part of the keystore. */
  void removeUnfinished(String name) throws IOException {
    Path unfinished = path(name + UNFINISHED);
    if (Files.exists(unfinished)) {
      delete(name + UNFINISHED);
      sync();
    }
  }

  private static void write(Path file, byte[] content) throws IOException {
    // Streams, not channels: a channel is closed when its thread is interrupted.
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      out.write(content);
      out.getFD().sync();
    }
  }

  private static void overwrite(RandomAccessFile file) throws IOException {
    file.seek(0);
    file.write(new byte[Math.toIntExact(file.length())]);
    file.getFD().sync();
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
