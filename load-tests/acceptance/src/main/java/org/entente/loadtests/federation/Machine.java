package org.entente.loadtests.federation;

import java.io.File;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * JVM settings of a child process.
 *
 * <p>Two system properties of this process select what it runs: {@code entente.jars} is its class
 * path, if it differs from this process's, and {@code entente.class.data} a class-data archive for
 * that class path. The JVM silently ignores an archive that is missing, damaged, or made for
 * another class path or JVM: it only shortens starts.
 */
public enum Machine {
  /** Starts quickly: the first compiler only, a small heap. */
  QUICK_START("-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms32m -Xmx256m"),
  /** A heap that is enough for attachments of any size. */
  SMALL("-XX:+UseSerialGC -Xms32m -Xmx64m"),
  /** Runs fast once warm; used for the baselines and the raw chain. */
  PLAIN("-XX:+UseParallelGC -Xms256m -Xmx512m"),
  /**
   * A gateway's settings, as in {@code ./entente run}. A young collection copies the data of
   * messages in flight, so that its cost for a message falls as the young generation grows. That is
   * small at first, so that a gateway with little load stays small. The parallel collector lets it
   * grow under load, when collections take more than a hundredth of the time, and sizes the
   * survivor space so that this data does not fill the old generation, whose collection pauses the
   * gateway for a tenth of a second. Without the supplement it does not also grow at each start.
   * Two arenas of glibc are enough: each keeps memory that RocksDB gave back.
   */
  GATEWAY(
      "-XX:+UseParallelGC -Xms256m -Xmx512m -XX:NewSize=32m -XX:MaxNewSize=192m"
          + " -XX:YoungGenerationSizeSupplement=0");

  private static final int FEATURE_OF_NATIVE_ACCESS = 22;
  private static final int FEATURE_OF_AOT_CACHE = 25;

  private final String options;

  Machine(String options) {
    this.options = options;
  }

  /** Variables of the process's environment. */
  Map<String, String> environment() {
    return this == GATEWAY ? Map.of("MALLOC_ARENA_MAX", "2") : Map.of();
  }

  /** The command line that runs a main class. */
  public List<String> command(String mainClass, String... arguments) {
    return command(List.of(), mainClass, arguments);
  }

  /** The same for a class of another module, whose jar follows the class path. */
  public List<String> command(Class<?> mainClass, String... arguments) {
    URL location = mainClass.getProtectionDomain().getCodeSource().getLocation();
    Path jar = Path.of(URI.create(location.toString()));
    return command(List.of(), List.of(jar), mainClass.getName(), arguments);
  }

  /** The same with classes that precede the class path. */
  List<String> command(List<Path> before, String mainClass, String... arguments) {
    return command(before, List.of(), mainClass, arguments);
  }

  private List<String> command(
      List<Path> before, List<Path> after, String mainClass, String... arguments) {
    List<String> classPath = new ArrayList<>(before.stream().map(Path::toString).toList());
    classPath.add(System.getProperty("entente.jars", System.getProperty("java.class.path")));
    after.forEach(jar -> classPath.add(jar.toString()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ", -1)));
    command.addAll(List.of("-XX:+ExitOnOutOfMemoryError", "-Duser.timezone=UTC"));
    command.addAll(archive());
    if (isSince(FEATURE_OF_NATIVE_ACCESS)) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Options for the archive of a training run, if there is one. */
  private static List<String> archive() {
    Path archive = Path.of(System.getProperty("entente.class.data", ""));
    if (!Files.isRegularFile(archive)) {
      return List.of();
    }
    List<String> options =
        new ArrayList<>(
            isSince(FEATURE_OF_AOT_CACHE)
                ? List.of("-XX:AOTCache=" + archive, "-Xlog:aot*=off")
                : List.of("-XX:SharedArchiveFile=" + archive, "-Xshare:auto"));
    options.addAll(
        List.of("-XX:+VerifySharedSpaces", "-Xlog:cds*=off", "-Dentente.class.data=" + archive));
    return options;
  }

  /** What makes a JVM write this archive when it ends. */
  public static String trainingOption(Path archive) {
    return (isSince(FEATURE_OF_AOT_CACHE) ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=")
        + archive;
  }

  private static boolean isSince(int feature) {
    return Runtime.version().feature() >= feature;
  }
}
