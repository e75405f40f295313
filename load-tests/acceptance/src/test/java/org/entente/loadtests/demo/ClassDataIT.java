package org.entente.loadtests.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.Machine;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive of class data that the build wrote, and Java machines for which it is no good. */
final class ClassDataIT {
  private static final String ROOT = "org.entente.gateway.cli.RootCommand source: ";
  private static final Path ARCHIVE =
      Path.of(System.getProperty("entente.class.data", "not run by mvn verify"));

  @TempDir private Path folder;

  @Test
  void command_takesItsClassesFromTheArchive() throws IOException, InterruptedException {
    assertTrue(Files.size(ARCHIVE) > 0);
    assertTrue(
        loaded(command()).stream().anyMatch(line -> line.startsWith(ROOT + "shared objects file")),
        "the archive was passed over");
  }

  @Test
  void archiveOfAnotherClassPath_isPassedOverWithoutAWord()
      throws IOException, InterruptedException {
    List<String> command = command();
    int path = command.indexOf("-cp") + 1;
    command.set(path, folder + ":" + command.get(path));
    assertTrue(loaded(command).stream().anyMatch(line -> line.startsWith(ROOT + "file:")));
  }

  @Test
  @Tag("extended")
  @Tag("demonstrations")
  void damagedArchive_isPassedOverWithoutAWord() throws IOException, InterruptedException {
    Path damaged = folder.resolve("damaged.jsa");
    byte[] bytes = Files.readAllBytes(ARCHIVE);
    bytes[bytes.length / 2] ^= 1;
    Files.write(damaged, bytes);
    List<String> command = command();
    command.replaceAll(word -> word.replace(ARCHIVE.toString(), damaged.toString()));
    assertTrue(loaded(command).stream().anyMatch(line -> line.startsWith(ROOT + "file:")));
  }

  private static List<String> command() {
    return new ArrayList<>(Machine.QUICK_START.command("org.entente.gateway.Main", "--version"));
  }

  /** The classes that a command loads, and from where; it says no more than it would otherwise. */
  private List<String> loaded(List<String> command) throws IOException, InterruptedException {
    Path log = folder.resolve("loaded.log");
    command.add(1, "-Xlog:class+load:file=" + log + ":none");
    Child child = Child.run(folder, command);
    assertEquals(0, child.code(), () -> child.out() + child.err());
    assertEquals("", child.err());
    assertEquals(1, child.out().lines().count(), child.out());
    try (var lines = Files.lines(log)) {
      return lines.toList();
    }
  }
}
