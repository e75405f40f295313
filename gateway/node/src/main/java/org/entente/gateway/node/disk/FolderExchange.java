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
 * Puts a folder into the place of another beside it, which is set aside and keeps its content. Each
 * of the two names is on the disk (fsync of the folder that holds them) before the next step, so
 * that at any moment, after a power cut too, both contents are there under a name that was said;
 * and on return the new one is in its place for good.
 */
public final class FolderExchange {
  /** The two things that are done to the disk. */
  interface Disk {
    /** Gives a folder another name, at once or not at all. */
    void rename(Path from, Path to) throws IOException;

    /** Makes the names in a folder durable. */
    void sync(Path folder) throws IOException;
  }

  /** The one of this machine. */
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
   * Exchanges.
   *
   * @param next what comes into the place; its content is on the disk
   * @param place of the same folder as {@code next}
   * @param aside where what is in the place goes; null if nothing but an empty folder is there
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
