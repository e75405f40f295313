package org.entente.loadtests.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Machine, time and versions of a run.
 *
 * @param at when it began
 * @param effort name of the effort
 * @param commit of the sources; with {@code +} if they were changed since
 * @param processor its name in the system
 * @param cores for all processes together
 * @param memoryMib of the machine
 * @param system name and release
 * @param disk kind of file system that the gateways sync to
 * @param jdk of all processes
 * @param load of the machine before the run, over one minute
 * @param versions by library
 */
record Setting(
    String at,
    String effort,
    String commit,
    String processor,
    int cores,
    long memoryMib,
    String system,
    String disk,
    String jdk,
    double load,
    Map<String, String> versions) {
  private static final List<String> LIBRARIES =
      List.of(
          "grpc-netty",
          "netty-handler",
          "netty-tcnative-boringssl-static",
          "protobuf-java",
          "bcprov-jdk18on",
          "rocksdbjni",
          "cel",
          "HdrHistogram");
  private static final Pattern JAR =
      Pattern.compile("(.+?)-(\\d[\\w.]*)(?:-(?:linux.*|runtime))?\\.jar");
  private static final String UNKNOWN = "unknown";

  Setting {
    versions = new TreeMap<>(versions);
  }

  /**
   * This machine, now.
   *
   * @param home of the sources
   * @param data parent of the gateways' data
   */
  static Setting here(Effort effort, Path home, Path data, InstantSource clock) {
    try {
      return new Setting(
          clock.instant().toString(),
          effort.name(),
          commit(home),
          field(Path.of("/proc/cpuinfo"), "model name"),
          Runtime.getRuntime().availableProcessors(),
          Long.parseLong(field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "")) >> 10,
          System.getProperty("os.name") + " " + System.getProperty("os.version"),
          Files.getFileStore(data).type(),
          System.getProperty("java.vm.name") + " " + Runtime.version(),
          Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]),
          onClassPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String field(Path file, String name) throws IOException {
    return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .findFirst()
        .orElse(UNKNOWN);
  }

  private static String commit(Path home) {
    try {
      Process process =
          new ProcessBuilder("git", "describe", "--always", "--abbrev=12", "--dirty=+")
              .directory(home.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
      return said.isEmpty() ? UNKNOWN : said;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static Map<String, String> onClassPath() {
    Map<String, String> versions = new TreeMap<>();
    for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator, -1)) {
      Matcher jar = JAR.matcher(new File(entry).getName());
      if (jar.matches() && LIBRARIES.contains(jar.group(1))) {
        versions.put(jar.group(1), jar.group(2));
      }
    }
    return versions;
  }
}
