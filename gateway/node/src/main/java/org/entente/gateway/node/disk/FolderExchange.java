package org.entente.gateway.node.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a folder with another one beside it; the old folder gets another name and keeps its
 * content. Each rename is durable (fsync of the parent folder) before the next, so that at any
 * moment, also after a power cut, both contents exist under a known name. On return the replacement
 * is durable.
 */
public final class FolderExchange {
  /** The two disk operations used. */
  interface Disk {
    /** Renames a folder atomically. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in a folder durable. */
    void sync(Path folder) throws IOException;
  }

  /** This machine's disk. */
  public static final Disk OF_THIS_MACHINE =
      new Disk() {
        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void sync(Path folder) throws IOException {
          try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
          }
        }
      };

  private final Disk disk;

  public FolderExchange(Disk disk) {
    this.disk = disk;
  }

  /**
   * Whether an existing folder is the root of a file system, so that it cannot be renamed; false
   * where the system does not tell.
   */
  public static boolean isMountPoint(Path folder) {
    try {
      Path real = folder.toRealPath();
      Path parent = real.getParent();
      return parent == null || !Files.getFileStore(real).equals(Files.getFileStore(parent));
    } catch (IOException e) {
      return false; // not there, or a volume that the list of mounts does not name
    }
  }

  /**
   * Replaces a folder.
   *
   * @param next the new folder; its content is durable
   * @param place the folder to replace, in the same parent as {@code next}
   * @param aside the new name of the old folder; null if {@code place} is missing or empty
   */
  public void exchange(Path next, Path place, @Nullable Path aside) throws IOException {
    Path parent = Objects.requireNonNull(place.toAbsolutePath().getParent(), "the root");
    if (aside != null) {
      disk.rename(place, aside);
      disk.sync(parent);
    } else {
      Files.deleteIfExists(place);
    }
    disk.rename(next, place);
    disk.sync(parent);
  }
}
