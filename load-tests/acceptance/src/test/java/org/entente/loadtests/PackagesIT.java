package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.NodePlan;
import org.entente.loadtests.testkit.AcceptanceRequirement;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StartedProcess;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packages, unpacked or installed as on a gateway's machine, run a gateway. */
@Tag("extended")
@Tag("packages")
final class PackagesIT {
  private static final String AGENCY = "fr.customs";
  private static final long MOST_BYTES = 72L << 20;
  private static final int STOPPED_BY_SIGTERM = 143;

  /** Code of tests and measurements, by the folders of its classes. */
  private static final List<String> ABSENT =
      List.of("org/entente/loadtests/", "org/entente/certsdev/", "org/openjdk/jmh/", "org/junit/");

  @TempDir private Path folder;
  private Path packages;

  @BeforeEach
  void requirePackages() {
    packages = ConfigurationHome.find().folder().resolve("gateway/cli/target/packages");
    AcceptanceRequirement.present(Files.isDirectory(packages), "packages (mvn -Ppackages package)");
  }

  @Test
  void archives_replaceEachOther_andKeepTheData() throws Exception {
    Path plain = unpacked("-linux-x86_64.tar.gz");
    Path withJava = unpacked("-linux-x86_64-java.tar.gz");
    assertFalse(Files.exists(plain.resolve("runtime")));
    assertTrue(Files.exists(withJava.resolve("runtime/bin/java")));
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      Draft draft =
          Publications.draft("de.customs", "before the upgrade").toBuilder()
              .setIdempotencyKey("before-the-upgrade")
              .build();

      ByteString before = servedBy(plain.resolve("bin/entente"), federation, draft);
      ByteString after = servedBy(withJava.resolve("bin/entente"), federation, draft);

      assertEquals(before, after, "the first outcome of the key was kept");
    }
  }

  @Test
  void debianPackage_isInstalled_servesAndIsUpgradedAndRemoved() throws Exception {
    AcceptanceRequirement.present(Files.isExecutable(Path.of("/usr/bin/dpkg")), "dpkg");
    AcceptanceRequirement.present("root".equals(System.getProperty("user.name")), "root");
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
    Files.createDirectories(root.resolve("var/lib/dpkg/info"));
    Files.createDirectories(root.resolve("etc"));
    Files.createFile(root.resolve("var/lib/dpkg/status"));
    install(root);
    assertTrue(Files.readString(root.resolve("etc/passwd")).contains("entente:"));

    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      Path command = root.resolve("usr/bin/entente");
      Draft draft =
          Publications.draft("de.customs", "installed").toBuilder()
              .setIdempotencyKey("installed")
              .build();
      ByteString before = servedBy(command, federation, draft);
      install(root);
      assertEquals(before, servedBy(command, federation, draft));
    }
    assertTrue(Files.exists(root.resolve("usr/lib/systemd/system/entente@.service")));
    done("dpkg", "--root=" + root, "--force-script-chrootless", "--remove", "entente");
    assertFalse(Files.exists(root.resolve("usr/lib/entente")), "no file is left behind");
  }

  private void install(Path root) throws Exception {
    done(
        "dpkg",
        "--root=" + root,
        "--force-depends",
        "--force-script-chrootless",
        "--install",
        named("_amd64.deb").toString());
  }

  @Test
  void archives_haveNativeCodeForTheirPlatformAlone_andNoCodeOfTests() throws Exception {
    assertNatives(unpacked("-linux-x86_64.tar.gz"), "librocksdbjni-linux64.so", "linux_x86_64.so");
    assertNatives(
        unpacked("-linux-aarch64.tar.gz"), "librocksdbjni-linux-aarch64.so", "linux_aarch_64.so");
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
    Path home = unpacked("-linux-aarch64.tar.gz");
    AcceptanceRequirement.present("amd64".equals(System.getProperty("os.arch")), "x86_64");
    Child refused = Child.run(folder, List.of(home + "/bin/entente", "--version"));
    assertNotEquals(0, refused.code());
    assertTrue(refused.err().contains("no TLS library"), refused.err());
  }

  /** Runs commands and a gateway from an installation; publishes a draft; the message's id. */
  private ByteString servedBy(Path command, Federation federation, Draft draft) throws Exception {
    NodePlan plan = federation.plan(AGENCY);
    assertTrue(done(command.toString(), "--version").out().startsWith("Entente "));
    done(command.toString(), "config", "check", "--config", plan.config().toString());
    List<String> run = List.of(command.toString(), "run", "--config", plan.config().toString());
    try (StartedProcess gateway = StartedProcess.of(run)) {
      gateway.await("\"agency\":\"" + AGENCY + "\"");
      Metrics.of(plan).awaitReadiness("ready");
      Outcome outcome =
          PublisherGrpc.newBlockingStub(federation.channel(AGENCY, "declarations"))
              .publish(PublishRequest.newBuilder().setDraft(draft).build())
              .getOutcome();
      assertTrue(outcome.hasAccepted(), outcome::toString);
      federation.disconnect();
      assertEquals(STOPPED_BY_SIGTERM, gateway.stop());
      return outcome.getMessageId();
    }
  }

  private Path unpacked(String ending) throws Exception {
    Path archive = named(ending);
    assertTrue(
        ending.contains("java") || Files.size(archive) < MOST_BYTES,
        Files.size(archive) + " bytes");
    Path to = Files.createTempDirectory(folder, "unpacked");
    done("tar", "-xzf", archive.toString(), "-C", to.toString());
    try (Stream<Path> tops = Files.list(to)) {
      return tops.findFirst().orElseThrow();
    }
  }

  private Path named(String ending) throws IOException {
    try (Stream<Path> files = Files.list(packages)) {
      return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
    }
  }

  private Child done(String... command) throws Exception {
    Child child = Child.run(folder, List.of(command));
    assertEquals(0, child.code(), () -> child.out() + child.err());
    return child;
  }
}
