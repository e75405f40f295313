package org.entente.gateway.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassphraseReaderTest {
  @TempDir private Path folder;

  /** Root is denied nothing, so the failure is given. */
  @Test
  void deniedFile_isSaidWithItsOwner_itsMode_andWhoAsked() throws IOException {
    Path file = Files.createFile(folder.resolve("passphrase"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    String told =
        String.valueOf(
            PassphraseReader.unreadable(file, new AccessDeniedException(file.toString()))
                .getMessage());
    assertTrue(
        told.startsWith("passphrase: " + file + " cannot be read: permission is denied; "), told);
    assertEquals(
        "%s belongs to %s with mode rw-------, and this program runs as %s"
            .formatted(file, Files.getOwner(file).getName(), System.getProperty("user.name")),
        told.substring(told.indexOf("; ") + 2));
  }
}
