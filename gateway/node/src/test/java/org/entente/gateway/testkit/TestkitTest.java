package org.entente.gateway.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

final class TestkitTest {
  @TempDir private Path folder;

  @Test
  void requires_present_goesOn() {
    TestRequirement.present(true, "nothing", "all");
    TestRequirement.present(true, "nothing", "present");
  }

  @Test
  void requires_absent_skipsWithItsReasonOrFails() {
    TestAbortedException skipped =
        assertThrows(
            TestAbortedException.class, () -> TestRequirement.present(false, "node", "present"));
    assertTrue(String.valueOf(skipped.getMessage()).contains("missing: node"));
    AssertionFailedError failed =
        assertThrows(
            AssertionFailedError.class, () -> TestRequirement.present(false, "node", "all"));
    assertTrue(String.valueOf(failed.getMessage()).contains("missing: node"));
  }

  @Test
  void sharedFiles_nearestFolderWithTheFile_isTaken() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b/c"));
    Path far = Files.createDirectories(folder.resolve("shared/x"));
    assertEquals(Optional.of(far), SharedFiles.find(deep, "x"));
    Files.createDirectories(folder.resolve("a/shared"));
    assertEquals(Optional.of(far), SharedFiles.find(deep, "x"));
    Path near = Files.createDirectories(folder.resolve("a/shared/x"));
    assertEquals(Optional.of(near), SharedFiles.find(deep, "x"));
    assertEquals(Optional.empty(), SharedFiles.find(deep, "no such file " + folder));
  }
}
