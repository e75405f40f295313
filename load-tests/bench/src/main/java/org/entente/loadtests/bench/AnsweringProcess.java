package org.entente.loadtests.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.cli.failure.CommandFailure;
import org.jspecify.annotations.Nullable;

/**
 * Programs that run on another class path, one at a time, and whose last line is their figures as
 * one JSON object. They end when their work is done, or when this is closed, which another thread
 * may do.
 */
final class AnsweringProcess implements AutoCloseable {
  private static final int LAST_LINES = 12;
  private static final long STOP_SECONDS = 15;

  private @Nullable Process running;
  private boolean closed;

  /** No program runs yet. */
  AnsweringProcess() {}

  /**
   * Runs a main class and returns its figures.
   *
   * @param log where its standard error goes
   * @throws CommandFailure if it fails or prints no figures; names the end of the log
   */
  JsonNode answer(String classPath, String mainClass, List<String> arguments, Path log)
      throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command(classPath, mainClass, arguments))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      keep(process);
      String last = "";
      try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          last = line;
        }
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new CommandFailure("its process ended with exit code " + code + "\n" + tail(log));
      }
      return new ObjectMapper().readTree(last);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("its process printed no valid result\n" + tail(log), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(String classPath, String mainClass, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx512m", "-Duser.timezone=UTC"));
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return command;
  }

  private synchronized void keep(Process process) {
    if (closed) {
      process.destroy();
      throw new CommandFailure("stopped before it was started");
    }
    running = process;
  }

  private static String tail(Path log) {
    try (var lines = Files.lines(log, StandardCharsets.UTF_8)) {
      List<String> all = lines.toList();
      return all.subList(Math.max(0, all.size() - LAST_LINES), all.size()).stream()
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  /** Returns when neither the program nor a process of it runs, so that its files can go. */
  @Override
  public synchronized void close() {
    closed = true;
    Process process = running;
    if (process == null) {
      return;
    }
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroy);
    CompletableFuture<?> ended =
        CompletableFuture.allOf(
            all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
    try {
      ended.get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
