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
    if (Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
      var unused = own(part);
    }
  }

  /** Opens the file to write; makes it if it does not exist. Only its owner may read it. */
  static FileChannel open(Path part) throws IOException {
    return open(
        part, own -> FileChannel.open(own, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  /** Opens a file that exists. */
  interface Opener {
    FileChannel open(Path part) throws IOException;
  }

  static FileChannel open(Path part, Opener opener) throws IOException {
    try {
      return FileChannel.open(
          part,
          Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
          PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      Object checked = own(part);
      FileChannel file = opener.open(part);
      boolean same = false;
      try {
        same = own(part).equals(checked);
        if (!same) {
          throw foreign(part);
        }
        return file;
      } finally {
        if (!same) {
          file.close();
        }
      }
    }
  }

  /**
   * Names the file, whatever stands at its path later.
   *
   * @throws CommandFailure if no fetch of this user made it
   */
  private static Object own(Path part) throws IOException {
    if (!isOwn(part)) {
      throw foreign(part);
    }
    return Files.readAttributes(part, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private static CommandFailure foreign(Path part) {
    return new CommandFailure(
        TerminalText.printable(
            "--out: "
                + part
                + " exists, and no fetch of yours made it: that would be a file with one name,"
                + " to which only you have access; remove it, or name another file"));
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
