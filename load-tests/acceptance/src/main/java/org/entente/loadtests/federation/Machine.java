package org.entente.loadtests.federation;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a child process's Java machine is set.
 *
 * <p>Two system properties of this process say what it runs: {@code entente.jars} the class path,
 * where it is not to be this process's own, and {@code entente.class.data} an archive of classes
 * that belongs to that class path. An archive that is not there, is damaged, or belongs to another
 * class path or another Java, is passed over without a word: it makes a start shorter and does
 * nothing else.
 */
public enum Machine {
  /** Starts quickly: the first compiler only, a small heap. */
  QUICK_START("-XX:TieredStopAtLevel=1 -Xms32m -Xmx256m"),
  /** Runs fast once warm; as the processes of baselines are set, and those of the raw chain. */
  PLAIN("-Xms256m -Xmx512m"),
  /**
   * A gateway as {@code ./entente run} sets it. Half of the young generation is for what survives a
   * collection: all that is under way does, and where there is no room for it it dies among what is
   * old, whose collection stops the gateway for a tenth of a second. It is small, so that a gateway
   * that has little to do stays small, and stays as it is: it would grow at a collection of
   * everything only, which hardly comes under load, but came of looking at the heap.
   */
  GATEWAY("-Xms256m -Xmx512m -Xmn32m -XX:SurvivorRatio=2 -XX:TargetSurvivorRatio=90");

  private static final int FEATURE_OF_NATIVE_ACCESS = 22;

  private final String options;

  Machine(String options) {
    this.options = options;
  }

  /** The command line that runs a main class. */
  public List<String> command(String mainClass, String... arguments) {
    return command(List.of(), mainClass, arguments);
  }

  /** The same with classes that are found before those of the class path. */
  List<String> command(List<Path> before, String mainClass, String... arguments) {
    List<String> classPath = new ArrayList<>(before.stream().map(Path::toString).toList());
    classPath.add(System.getProperty("entente.jars", System.getProperty("java.class.path")));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(
        List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Duser.timezone=UTC"));
    command.addAll(classData());
    if (Runtime.version().feature() >= FEATURE_OF_NATIVE_ACCESS) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Options for the archive of classes, if there is one. */
  private static List<String> classData() {
    Path archive = Path.of(System.getProperty("entente.class.data", ""));
    return Files.isRegularFile(archive)
        ? List.of(
            "-XX:SharedArchiveFile=" + archive,
            "-XX:+VerifySharedSpaces",
            "-Xshare:auto",
            "-Xlog:cds*=off",
            "-Dentente.class.data=" + archive)
        : List.of();
  }
}
