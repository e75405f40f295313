package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.entente.gateway.cli.failure.CommandFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that an option names, in a folder that others may write to. */
final class OptionFileTest {
  private static final byte[] PROOF = {1, 2, 3};

  @TempDir private Path folder;

  @Test
  void replace_whereAnotherUserPutALink_leavesItsTargetUntouched() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "untouched");
    Path file = folder.resolve("x.proof");
    Path link = Files.createSymbolicLink(folder.resolve("x.proof.new"), precious);
    OptionFile.replace("--out", file, PROOF);
    assertEquals("untouched", Files.readString(precious));
    assertArrayEquals(PROOF, Files.readAllBytes(file));
    assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void replace_ofAFileThatAllMayRead_isForItsOwnerAlone() throws IOException {
    Path file = Files.writeString(folder.resolve("x.proof"), "older");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    OptionFile.replace("--out", file, PROOF);
    assertArrayEquals(PROOF, Files.readAllBytes(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void replace_inAFolderThatIsNotThere_failsAndSaysSo() {
    Path file = folder.resolve("none").resolve("x.proof");
    CommandFailure failure =
        assertThrows(CommandFailure.class, () -> OptionFile.replace("--out", file, PROOF));
    assertEquals(
        "--out: " + file + " cannot be written: there is no such file or folder",
        failure.getMessage());
  }

  @Test
  void access_toAFileThatIsMisspelt_namesTheNearest() throws IOException {
    Files.createFile(folder.resolve("x.proof"));
    Path misspelt = folder.resolve("x.prof");
    CommandFailure failure =
        assertThrows(
            CommandFailure.class,
            () -> OptionFile.access("--in: " + misspelt, () -> Files.readAllBytes(misspelt)));
    assertEquals(
        "--in: " + misspelt + ": there is no such file or folder; did you mean \"x.proof\"?",
        failure.getMessage());
  }
}
