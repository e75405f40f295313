package org.entente.gateway.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {
  private static final byte[] OLD = {1, 2, 3};
  private static final byte[] NEW = {4};

  @TempDir Path folder;

  @Test
  void write_existingFile_isReplaced_andReadableByItsOwnerOnly() throws IOException {
    Path file = Files.write(folder.resolve("note"), OLD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    DurableFile.write(file, NEW);

    assertArrayEquals(NEW, Files.readAllBytes(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(Files.exists(folder.resolve("note.new")));
  }

  @Test
  void write_remainsOfAnInterruptedWrite_areReplaced_andALinkIsNotFollowed() throws IOException {
    Path other = Files.write(folder.resolve("other"), OLD);
    Files.createSymbolicLink(folder.resolve("note.new"), other);

    DurableFile.write(folder.resolve("note"), NEW);

    assertArrayEquals(NEW, Files.readAllBytes(folder.resolve("note")));
    assertArrayEquals(OLD, Files.readAllBytes(other));
  }

  @Test
  void write_thatFails_leavesNoPartialFile() throws IOException {
    Path occupied = Files.createDirectory(folder.resolve("note"));
    Files.write(occupied.resolve("inside"), OLD);

    assertThrows(IOException.class, () -> DurableFile.write(occupied, NEW));

    assertArrayEquals(OLD, Files.readAllBytes(occupied.resolve("inside")));
    assertFalse(Files.exists(folder.resolve("note.new")));
  }

  @Test
  void write_contentThatFailsHalfway_leavesThePreviousFileAlone() throws IOException {
    Path file = Files.write(folder.resolve("note"), OLD);

    assertThrows(
        IllegalStateException.class,
        () ->
            DurableFile.write(
                file,
                out -> {
                  out.write(NEW);
                  out.flush();
                  throw new IllegalStateException("the source of the content failed");
                }));

    assertArrayEquals(OLD, Files.readAllBytes(file));
    assertFalse(Files.exists(folder.resolve("note.new")));
  }

  @Test
  void create_existingFile_isRefused_andUnchanged() throws IOException {
    Path file = Files.write(folder.resolve("note"), OLD);

    assertThrows(FileAlreadyExistsException.class, () -> DurableFile.create(file, NEW));

    assertArrayEquals(OLD, Files.readAllBytes(file));
  }
}
