package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.BuiltPackages;
import org.entente.loadtests.testkit.Child;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archives hold what a gateway needs on their platform, and no more. */
@Tag("extended")
@Tag("packages")
final class PackagesIT {
  private static final long MOST_BYTES = 72L << 20;

  /** Code of tests and measurements, by the folders of its classes. */
  private static final List<String> ABSENT =
      List.of("org/entente/loadtests/", "org/entente/certsdev/", "org/openjdk/jmh/", "org/junit/");

  @TempDir private Path folder;
  private BuiltPackages packages;

  @BeforeEach
  void requirePackages() {
    packages = new BuiltPackages(folder);
  }

  @Test
  void archives_haveNativeCodeForTheirPlatformAlone_andNoCodeOfTests() throws Exception {
    assertNatives(small("-linux-x86_64.tar.gz"), "librocksdbjni-linux64.so", "linux_x86_64.so");
    assertNatives(
        small("-linux-aarch64.tar.gz"), "librocksdbjni-linux-aarch64.so", "linux_aarch_64.so");
  }

  @Test
  void onlyOneArchive_bringsJava() throws Exception {
    assertFalse(Files.exists(small("-linux-x86_64.tar.gz").resolve("runtime")));
    Path withJava = packages.unpacked("-linux-x86_64-java.tar.gz");
    assertTrue(Files.isExecutable(withJava.resolve("runtime/bin/java")));
  }

  /** Help and errors name pages by where they are in the release. */
  @Test
  void debianPackage_hasThePages_andManualPagesWhereManLooks() throws Exception {
    AcceptanceRequirement.present(
        Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb (package dpkg)");
    packages.done("dpkg-deb", "-x", packages.named("_amd64.deb").toString(), folder.toString());
    assertTrue(Files.exists(folder.resolve("usr/lib/entente/docs/operate/backup.md")));
    assertTrue(Files.exists(folder.resolve("usr/share/man/man1/entente-policy-lint.1")));
  }

  private static void assertNatives(Path home, String store, String tls) throws IOException {
    List<String> natives = new ArrayList<>();
    List<String> ofTests = new ArrayList<>();
    for (String part : List.of("lib/core", "lib/node")) {
      try (Stream<Path> jars = Files.list(home.resolve(part))) {
        for (Path jar : jars.toList()) {
          try (JarFile library = new JarFile(jar.toFile())) {
            for (String name : library.stream().map(entry -> entry.getName()).toList()) {
              if (name.matches(".*\\.(so|dll|jnilib|dylib)")) {
                natives.add(name);
              }
              ABSENT.stream().filter(name::startsWith).forEach(ofTests::add);
            }
          }
        }
      }
    }
    assertEquals(2, natives.size(), natives::toString);
    assertTrue(natives.contains(store), natives::toString);
    assertTrue(natives.stream().anyMatch(name -> name.endsWith(tls)), natives::toString);
    assertEquals(List.of(), ofTests);
  }

  @Test
  void archiveForAnotherPlatform_saysSo() throws Exception {
    Path home = small("-linux-aarch64.tar.gz");
    AcceptanceRequirement.present("amd64".equals(System.getProperty("os.arch")), "x86_64");
    Child refused = Child.run(folder, List.of(home + "/bin/entente", "--version"));
    assertNotEquals(0, refused.code());
    assertTrue(refused.err().contains("no TLS library"), refused.err());
  }

  private Path small(String ending) throws IOException, InterruptedException {
    long size = Files.size(packages.named(ending));
    assertTrue(size < MOST_BYTES, size + " bytes");
    return packages.unpacked(ending);
  }
}
