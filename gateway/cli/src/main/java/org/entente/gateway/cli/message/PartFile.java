package org.entente.gateway.cli.message;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.text.TerminalText;

/**
 * The file of an unfinished fetch, which a later one continues. Its folder may be one in which
 * others write: what they put there under its name is neither written to nor followed. Stateless.
 */
final class PartFile {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private PartFile() {}

  /**
   * Requires that nothing is there, or what {@link #open} made.
   *
   * @throws CommandFailure if something else is there
   */
  static void check(Path part) throws IOException {
    if (Files.exists(part, LinkOption.NOFOLLOW_LINKS) && !isOwn(part)) {
      throw new CommandFailure(
          TerminalText.printable(
              "--out: "
                  + part
                  + " exists, and no fetch of yours made it: that would be a file with one name,"
                  + " to which only you have access; remove it, or name another file"));
    }
  }

  /** Opens the file to write; makes it if it does not exist. Only its owner may read it. */
  static FileChannel open(Path part) throws IOException {
    try {
      return FileChannel.open(
          part,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      check(part);
      return FileChannel.open(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }
  }

  private static boolean isOwn(Path part) throws IOException {
    Path probe = Files.createTempFile("entente-", ".probe");
    try {
      PosixFileAttributes found =
          Files.readAttributes(part, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      Object names = Files.getAttribute(part, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
      return found.isRegularFile()
          && names.equals(1)
          && found.owner().equals(Files.getOwner(probe))
          && found.permissions().equals(OWNER_ONLY);
    } finally {
      Files.delete(probe);
    }
  }
}
