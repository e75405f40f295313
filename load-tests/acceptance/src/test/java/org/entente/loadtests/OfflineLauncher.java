package org.entente.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.testkit.Child;

/**
 * The part of the distribution that an air-gapped machine has: {@code bin} and {@code lib/core},
 * copied to a folder of its own, so that nothing else can be on the class path.
 */
record OfflineLauncher(Path folder) {
  private static final String DISTRIBUTION = "gateway/cli/target/entente";

  /** Copies it into an empty folder. */
  static OfflineLauncher copyTo(Path folder) throws IOException {
    Path built = ConfigurationHome.find().folder().resolve(DISTRIBUTION);
    for (String part : List.of("bin", "lib/core")) {
      Files.createDirectories(folder.resolve(part));
      try (Stream<Path> files = Files.list(built.resolve(part))) {
        for (Path file : files.toList()) {
          Files.copy(file, folder.resolve(part).resolve(String.valueOf(file.getFileName())));
        }
      }
    }
    return new OfflineLauncher(folder);
  }

  /** The libraries that it has. */
  List<Path> libraries() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("lib/core"))) {
      return files.toList();
    }
  }

  /** Runs a command in a process of its own, to its end. */
  Child run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(folder.resolve("bin/offline").toString()));
    command.addAll(List.of(arguments));
    return Child.run(folder, command);
  }
}
