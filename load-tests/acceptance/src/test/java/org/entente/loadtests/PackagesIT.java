package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.GatewayCluster;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.BuiltPackages;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StartedProcess;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archives hold what a gateway needs on their platform, and no more. */
@Tag("extended")
@Tag("packages")
final class PackagesIT {
  private static final long MOST_BYTES = 84L << 20;

  /** Code of tests and measurements, by the folders of its classes. */
  private static final List<String> ABSENT =
      List.of("org/entente/loadtests/", "org/entente/certsdev/", "org/openjdk/jmh/", "org/junit/");

  /** Ratis brings a Netty of its own, under another name. */
  private static final String OF_RATIS = "liborg_apache_ratis_thirdparty_netty_";

  private static final String AGENCY = "fr.customs";

  @TempDir private Path folder;
  private BuiltPackages packages;

  @BeforeEach
  void requirePackages() {
    packages = new BuiltPackages(folder);
  }

  @Test
  void archives_haveNativeCodeForTheirPlatformAlone_andNoCodeOfTests() throws Exception {
    assertNatives(small("-linux-x86_64.tar.gz"), "librocksdbjni-linux64.so", "x86_64");
    assertNatives(small("-linux-aarch64.tar.gz"), "librocksdbjni-linux-aarch64.so", "aarch_64");
  }

  @Test
  void onlyOneArchive_bringsJava() throws Exception {
    assertFalse(Files.exists(small("-linux-x86_64.tar.gz").resolve("runtime")));
    Path withJava = packages.unpacked("-linux-x86_64-java.tar.gz");
    assertTrue(Files.isExecutable(withJava.resolve("runtime/bin/java")));
  }

  @Test
  void archiveWithItsOwnJava_runsACluster() throws Exception {
    Path release = packages.unpacked("-linux-x86_64-java.tar.gz");
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder);
        GatewayCluster cluster = new GatewayCluster(federation.plan(AGENCY))) {
      List<Path> machines = cluster.configurations();
      try (StartedProcess first = run(release, machines.get(0));
          StartedProcess second = run(release, machines.get(1));
          StartedProcess third = run(release, machines.get(2))) {
        for (StartedProcess machine : List.of(first, second, third)) {
          machine.await("\"agency\":\"" + AGENCY + "\"");
        }
        cluster.awaitLeader();
        Publications.accepted(
            federation.channel(AGENCY, "declarations"), Publications.draft("de.customs", "sealed"));
        federation.disconnect();
      }
    }
  }

  private static StartedProcess run(Path release, Path config) throws IOException {
    String entente = release.resolve("bin/entente").toString();
    return StartedProcess.of(List.of(entente, "run", "--config", config.toString()));
  }

  /** Help and errors name pages by where they are in the release. */
  @Test
  void debianPackage_hasThePages_manualPagesWhereManLooks_andAFolderThatGatewaysEnter()
      throws Exception {
    AcceptanceRequirement.present(
        Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb (package dpkg)");
    packages.done("dpkg-deb", "-x", packages.named("_amd64.deb").toString(), folder.toString());
    assertTrue(Files.exists(folder.resolve("usr/lib/entente/docs/operate/backup.md")));
    assertTrue(Files.exists(folder.resolve("usr/share/man/man1/entente-policy-lint.1")));
    assertEquals(
        "rwxr-xr-x",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(folder.resolve("var/lib/entente"))));
  }

  private static void assertNatives(Path home, String store, String machine) throws IOException {
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
    Collections.sort(natives);
    assertEquals(
        List.of(
            "META-INF/native/libnetty_tcnative_linux_" + machine + ".so",
            "META-INF/native/" + OF_RATIS + "tcnative_linux_" + machine + ".so",
            "META-INF/native/" + OF_RATIS + "transport_native_epoll_" + machine + ".so",
            store),
        natives);
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
