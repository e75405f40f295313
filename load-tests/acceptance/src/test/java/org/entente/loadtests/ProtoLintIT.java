package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protos keep to buf's rules and to those of each release, as {@code proto/buf.yaml} says. */
final class ProtoLintIT {
  private final Path home = ConfigurationHome.find().folder();
  private final Path protos = home.resolve("proto");
  private final Path buf = home.resolve("load-tests/node/node_modules/.bin/buf");

  @TempDir private Path folder;

  @BeforeEach
  void requireBuf() {
    AcceptanceRequirement.present(Files.isExecutable(buf), "load-tests/node/node_modules (npm ci)");
  }

  @Test
  void protos_underBufLint_areClean() throws Exception {
    assertClean(buf("lint", protos.toString()));
  }

  /** There is nothing to compare with before the first release. */
  @Test
  void protos_comparedWithEachRelease_breakNoClient() throws Exception {
    for (Path release : releases()) {
      assertClean(breaking(protos, release));
    }
  }

  private List<Path> releases() throws IOException {
    Path released = protos.resolve("released");
    if (!Files.isDirectory(released)) {
      return List.of();
    }
    try (Stream<Path> images = Files.list(released)) {
      return images.toList();
    }
  }

  @Test
  void addition_breaksNoClient_aChangedFieldDoes() throws Exception {
    Path release = folder.resolve("release.binpb");
    assertClean(buf("build", protos.toString(), "-o", release.toString()));
    Path later = Files.createDirectories(folder.resolve("later"));
    Path subscriber = later.resolve("src/main/proto/entente/v1/subscriber.proto");
    assertClean(
        Child.run(
            folder, List.of("cp", "-r", protos + "/buf.yaml", protos + "/src", later.toString())));

    replace(subscriber, "message CaughtUp {", "message CaughtUp {\n  uint64 added = 99;");
    assertClean(breaking(later, release));

    replace(subscriber, "uint64 last_position = 2;", "uint64 last_position = 3;");
    Child broken = breaking(later, release);
    assertNotEquals(0, broken.code());
    assertTrue(broken.out().contains("\"2\" with name \"last_position\""), broken.out());
  }

  private static void replace(Path file, String text, String other) throws IOException {
    String before = Files.readString(file);
    assertTrue(before.contains(text), text);
    Files.writeString(file, before.replace(text, other));
  }

  private Child breaking(Path changed, Path release) throws Exception {
    return buf("breaking", changed.toString(), "--against", release.toString());
  }

  private Child buf(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(words));
    command.add(0, buf.toString());
    return Child.run(folder, command);
  }

  private static void assertClean(Child child) {
    assertEquals(0, child.code(), () -> child.out() + child.err());
  }
}
