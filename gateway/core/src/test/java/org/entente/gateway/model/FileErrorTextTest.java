package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorTextTest {
  @TempDir private Path folder;

  @Test
  void trouble_ofUsualKinds_isSaidInWords() {
    IOException missing =
        assertThrows(IOException.class, () -> Files.readAllBytes(folder.resolve("x")));
    assertEquals("there is no such file or folder", FileErrorText.words(missing));
    IOException isFolder = assertThrows(IOException.class, () -> Files.readAllBytes(folder));
    assertFalse(FileErrorText.words(isFolder).contains("Exception"), FileErrorText.words(isFolder));
    assertEquals("permission is denied", FileErrorText.words(new AccessDeniedException("x")));
    assertEquals(
        "No space left on device",
        FileErrorText.words(new FileSystemException("x", null, "No space left on device")));
    assertEquals("it is not text in UTF-8", FileErrorText.words(new MalformedInputException(1)));
    assertEquals("IOException", FileErrorText.words(new IOException()));
  }

  @Test
  void missingFile_orItsFolder_isSuggestedByTheNearestName() throws IOException {
    Files.createFile(Files.createDirectory(folder.resolve("samples")).resolve("ipr.jsonl"));
    assertEquals("; did you mean \"ipr.jsonl\"?", nearest("samples/irp.jsonl"));
    assertEquals("; did you mean \"samples\"?", nearest("sampels/ipr.jsonl"));
    assertEquals("", nearest("samples/other.jsonl"));
    assertEquals("", FileErrorText.nearest(new AccessDeniedException("samples")));
  }

  @Test
  void deniedFile_isExplainedByTheNearestPathThatCanBeSeen() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    String expected =
        "; %s belongs to %s with mode rwx------, and this program runs as %s"
            .formatted(folder, Files.getOwner(folder).getName(), System.getProperty("user.name"));
    Path hidden = folder.resolve("locked").resolve("passphrase");
    assertEquals(expected, FileErrorText.access(new AccessDeniedException(hidden.toString())));
    assertEquals("", FileErrorText.access(new NoSuchFileException(hidden.toString())));
    assertEquals("", FileErrorText.access(new AccessDeniedException(null)));
  }

  private String nearest(String path) {
    Path file = folder.resolve(path);
    return FileErrorText.nearest(
        assertThrows(IOException.class, () -> Files.readAllBytes(file), path));
  }
}
