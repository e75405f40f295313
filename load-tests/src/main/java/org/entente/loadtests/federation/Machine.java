package org.entente.loadtests.federation;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a child process's Java machine is set. */
public enum Machine {
  /** Starts quickly: the first compiler only, a small heap. */
  QUICK_START("-XX:TieredStopAtLevel=1 -Xms32m -Xmx256m"),
  /** Runs fast once warm. */
  THROUGHPUT("-Xms256m -Xmx512m");

  private static final int FEATURE_OF_NATIVE_ACCESS = 22;

  private final String options;

  Machine(String options) {
    this.options = options;
  }

  /** The command line that runs a main class with this process's own class path. */
  public List<String> command(String mainClass, String... arguments) {
    return command(List.of(), mainClass, arguments);
  }

  /** The same with classes that are found before those of the class path. */
  List<String> command(List<Path> before, String mainClass, String... arguments) {
    List<String> classPath = new ArrayList<>(before.stream().map(Path::toString).toList());
    classPath.add(System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-XX:+ExitOnOutOfMemoryError",
            "-Duser.timezone=UTC"));
    if (Runtime.version().feature() >= FEATURE_OF_NATIVE_ACCESS) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }
}
