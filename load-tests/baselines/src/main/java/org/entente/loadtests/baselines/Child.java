package org.entente.loadtests.baselines;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of a baseline. It ends when its standard input ends, and therefore with the process
 * that started it.
 */
final class Child implements AutoCloseable {
  private static final String READY = "ready";

  private final Process process;

  private Child(Process process) {
    this.process = process;
  }

  /**
   * A Java process with the benchmark's heap; returns when its main class has called {@link
   * #ready}.
   */
  static Child java(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseParallelGC", "-Xms256m", "-Xmx512m", "-Duser.timezone=UTC"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Child child = start(command);
    try (var lines = child.process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.equals(READY)) {
        line = lines.readLine();
      }
      if (line == null) {
        throw new IOException(main.getSimpleName() + " did not start");
      }
    }
    return child;
  }

  /** Any program; a shell watches standard input for it. */
  static Child program(String... command) throws IOException {
    List<String> watched = new ArrayList<>();
    watched.addAll(
        List.of("sh", "-c", "\"$@\" >/dev/null & child=$!; cat >/dev/null; kill $child", "sh"));
    watched.addAll(List.of(command));
    return start(watched);
  }

  private static Child start(List<String> command) throws IOException {
    return new Child(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Called by a main class when it serves; returns when it must end. */
  static void ready() throws IOException {
    System.out.println(READY);
    System.out.flush();
    while (System.in.read() >= 0) {
      // No input is expected.
    }
  }

  /** A loopback port that is free now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A program of this name on the path, or an empty text. */
  static String onPath(String name) {
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(File.pathSeparator, -1)) {
      File file = new File(folder, name);
      if (file.canExecute()) {
        return file.getPath();
      }
    }
    return "";
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
