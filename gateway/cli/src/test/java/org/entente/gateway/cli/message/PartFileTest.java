package org.entente.gateway.cli.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.entente.gateway.cli.failure.CommandFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of an unfinished fetch, in a folder in which others write. */
class PartFileTest {
  private static final String OTHER = "content of another file";

  @TempDir private Path folder;

  private Path part() {
    return folder.resolve("quay.jpg.part");
  }

  private Path other() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), OTHER);
    return Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
  }

  private void assertRefused() {
    assertThrows(CommandFailure.class, () -> PartFile.check(part()));
    CommandFailure refused =
        assertThrows(CommandFailure.class, () -> PartFile.open(part()).close());
    assertTrue(String.valueOf(refused.getMessage()).contains("remove it"), refused.getMessage());
  }

  @Test
  void file_ofAnInterruptedFetch_isContinued_andOnlyItsOwnerMayReadIt() throws IOException {
    PartFile.check(part());
    try (FileChannel file = PartFile.open(part())) {
      assertEquals(3, file.write(ByteBuffer.wrap(new byte[3])));
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(part())));
    PartFile.check(part());
    try (FileChannel file = PartFile.open(part())) {
      assertEquals(3, file.size());
    }
  }

  /** Attack: the attachment was written into the file to which a link leads. */
  @Test
  void link_isNotFollowed() throws IOException {
    Files.createSymbolicLink(part(), other());
    assertRefused();
    Files.delete(part());
    Files.createLink(part(), other());
    assertRefused();
    assertEquals(OTHER, Files.readString(other()));
  }

  @Test
  void linkThatLeadsNowhere_isNotFollowed() throws IOException {
    Files.createSymbolicLink(part(), folder.resolve("nowhere"));
    assertRefused();
  }

  /** Attack: a file that its maker can read got the attachment. */
  @Test
  void fileThatOthersMayRead_isRefused() throws IOException {
    Files.move(other(), part());
    Files.setPosixFilePermissions(part(), PosixFilePermissions.fromString("rw-r--r--"));
    assertRefused();
  }

  /** Attack: between the check and the opening, another file took the place of the one checked. */
  @Test
  void fileThatIsReplacedWhileItIsOpened_isRefused() throws IOException {
    PartFile.open(part()).close();
    Path next = other();
    for (boolean linked : new boolean[] {true, false}) {
      CommandFailure refused =
          assertThrows(
              CommandFailure.class,
              () ->
                  PartFile.open(
                      part(),
                      checked -> {
                        Files.delete(checked);
                        if (linked) {
                          Files.createLink(checked, next);
                        } else {
                          Files.move(next, checked);
                        }
                        return FileChannel.open(checked, StandardOpenOption.WRITE);
                      }));
      assertTrue(String.valueOf(refused.getMessage()).contains("remove it"));
      Files.delete(part());
      PartFile.open(part()).close();
    }
  }
}
