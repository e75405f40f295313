package org.entente.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownFolderTest {
  private final Path disk;
  private final Path folder;
  private final Path mark;
  private final Path file;

  KnownFolderTest(@TempDir Path dir) {
    disk = dir.resolve("disk");
    folder = disk.resolve("attachments");
    mark = dir.resolve("audit").resolve("attachments.mark");
    file = folder.resolve(KnownFolder.FILE);
  }

  private KnownFolder begun() {
    KnownFolder known = new KnownFolder(folder, mark);
    known.begin();
    return known;
  }

  @Test
  void folder_whoseDiskIsNotMounted_isRefused_untilTheMarkIsRemovedOrAPersonTakesIt()
      throws IOException {
    begun().require();
    Files.delete(file);
    KnownFolder next = begun();
    String why = String.valueOf(assertThrows(IOException.class, next::require).getMessage());
    assertTrue(why.contains("mount its disk") && why.contains(mark.toString()), why);
    assertFalse(Files.exists(file), "a mount point is not taken for the disk");

    Files.delete(mark);
    assertThrows(IOException.class, next::require, "the disk of the mark may be gone, too");
    begun().require();
    Files.delete(file);
    begun().takeAnew();
    next.require();
  }

  /** Such as on a disk that is full. A machine serves, and joins its cluster, nevertheless. */
  @Test
  void folder_thatCannotBeWrittenAtTheStart_isTakenOnceItCan() throws IOException {
    Files.writeString(disk, "no folder");
    KnownFolder known = begun();
    assertThrows(IOException.class, known::require);
    Files.delete(disk);
    known.require();
    assertTrue(Files.exists(mark));
  }

  /** Otherwise an empty mount point would get the file, and be taken from then on. */
  @Test
  void folder_whoseMarkCannotBeRead_isNotTaken_untilItCan() throws IOException {
    begun().require();
    Files.delete(file);
    Path audit = disk.resolveSibling("audit");
    Path away = disk.resolveSibling("away");
    Files.move(audit, away);
    Files.createSymbolicLink(audit, audit);
    KnownFolder known = begun();
    String why = String.valueOf(assertThrows(IOException.class, known::require).getMessage());
    assertTrue(why.contains(mark + " cannot be read"), why);
    assertFalse(Files.exists(file), "a mount point is not taken for the disk");

    Files.delete(audit);
    Files.move(away, audit);
    assertThrows(IOException.class, known::require);
    Files.writeString(file, "the disk is mounted");
    known.require();
  }
}
