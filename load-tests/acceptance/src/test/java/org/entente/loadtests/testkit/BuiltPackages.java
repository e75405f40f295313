package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;

/** The packages that {@code mvn -Ppackages package} made. Without them the test is skipped. */
public final class BuiltPackages {
  private final Path packages =
      ConfigurationHome.find().folder().resolve("gateway/cli/target/packages");

  private final Path folder;

  /** The packages; what they are unpacked to goes to the folder. */
  public BuiltPackages(Path folder) {
    this.folder = folder;
    AcceptanceRequirement.present(Files.isDirectory(packages), "packages (mvn -Ppackages package)");
  }

  /** The package whose file name ends like this. */
  public Path named(String ending) throws IOException {
    try (Stream<Path> files = Files.list(packages)) {
      return files.filter(file -> file.toString().endsWith(ending)).findFirst().orElseThrow();
    }
  }

  /** The release in an archive, unpacked to a folder of its own. */
  public Path unpacked(String ending) throws IOException, InterruptedException {
    Path to = Files.createTempDirectory(folder, "unpacked");
    done("tar", "-xzf", named(ending).toString(), "-C", to.toString());
    try (Stream<Path> tops = Files.list(to)) {
      return tops.findFirst().orElseThrow();
    }
  }

  /** An empty folder in which dpkg installs as on a machine of its own. */
  public Path dpkgRoot() throws IOException {
    AcceptanceRequirement.present(Files.isExecutable(Path.of("/usr/bin/dpkg")), "dpkg");
    AcceptanceRequirement.present("root".equals(System.getProperty("user.name")), "root");
    Path root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("var/lib/dpkg/updates"));
    Files.createDirectories(root.resolve("var/lib/dpkg/info"));
    Files.createDirectories(root.resolve("etc"));
    Files.createFile(root.resolve("var/lib/dpkg/status"));
    return root;
  }

  /** Runs dpkg over such a folder. */
  public Child dpkg(Path root, String... words) throws IOException, InterruptedException {
    return done(
        Stream.concat(
                Stream.of(
                    "dpkg",
                    "--root=" + root,
                    "--force-depends",
                    "--force-script-chrootless",
                    "--force-unsafe-io"),
                Stream.of(words))
            .toArray(String[]::new));
  }

  /** Runs a command, which must succeed. */
  public Child done(String... command) throws IOException, InterruptedException {
    Child child = Child.run(folder, List.of(command));
    assertEquals(0, child.code(), () -> child.out() + child.err());
    return child;
  }
}
