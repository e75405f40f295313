package org.entente.gateway.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.store.StoreFailure.Kind;

/** Checks and preparation of a store's directory before RocksDB opens it. */
final class RocksDirectory {
  private static final String CURRENT = "CURRENT";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  private RocksDirectory() {}

  /**
   * Creates {@code dir} if it is missing, for its owner only, and syncs its parents: losing the
   * folder in a power cut would lose every synced commit.
   */
  static void create(Path dir) {
    try {
      Deque<Path> missing = new ArrayDeque<>();
      Path at = dir.toAbsolutePath().normalize();
      for (; at != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS); at = at.getParent()) {
        missing.push(at);
      }
      for (Path folder : missing) {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
        Path parent = folder.getParent();
        if (parent != null) {
          sync(parent);
        }
      }
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot create the folder " + dir + ": " + e.getMessage(), e);
    }
  }

  /**
   * Checks that only the owner may enter {@code dir}: RocksDB gives its files the modes of the
   * process, which often let others read.
   */
  static void requirePrivate(Path dir) {
    modeForOthers(dir)
        .ifPresent(
            mode -> {
              throw new StoreFailure(
                  Kind.INSECURE,
                  dir
                      + " has mode "
                      + mode
                      + "; at most "
                      + PosixFilePermissions.toString(PRIVATE)
                      + " is allowed",
                  null);
            });
  }

  /** The mode of {@code dir} if it lets others in; empty if only the owner may enter. */
  static Optional<String> modeForOthers(Path dir) {
    try {
      Set<PosixFilePermission> granted = Files.getPosixFilePermissions(dir);
      return PRIVATE.containsAll(granted)
          ? Optional.empty()
          : Optional.of(PosixFilePermissions.toString(granted));
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot read the mode of " + dir + ": " + e.getMessage(), e);
    }
  }

  /**
   * Whether {@code dir} holds a store.
   *
   * @throws StoreFailure if it holds parts of one without the file that names the rest: RocksDB
   *     would begin a new, empty store over them
   */
  static boolean holdsStore(Path dir) {
    if (Files.exists(dir.resolve(CURRENT))) {
      return true;
    }
    List<String> remains = remains(dir);
    if (!remains.isEmpty()) {
      throw new StoreFailure(
          Kind.CORRUPT,
          dir + " has no file " + CURRENT + " but holds remains of a store: " + remains,
          null);
    }
    return false;
  }

  private static List<String> remains(Path dir) {
    if (!Files.isDirectory(dir)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".sst"))
          .sorted()
          .limit(3)
          .toList();
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot list " + dir + ": " + e.getMessage(), e);
    }
  }

  /** Makes a file's or a folder's content durable. */
  static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
