package org.entente.loadtests.federation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.entente.gateway.cli.failure.CommandFailure;

/**
 * Process of a running gateway, with this process's class path. Standard error is appended to the
 * plan's log file across restarts.
 */
final class GatewayProcess {
  private static final int LAST_LINES = 15;

  private final NodePlan plan;
  private final Process process;
  private final CompletableFuture<ReadyAddresses> ready = new CompletableFuture<>();

  /** The latest lines on standard output besides the ready line, such as a dying JVM prints. */
  private final Deque<String> said = new ConcurrentLinkedDeque<>();

  private GatewayProcess(NodePlan plan, Process process) {
    this.plan = plan;
    this.process = process;
  }

  /**
   * Starts the process; it is not ready yet.
   *
   * @param within a command that runs the one that follows it; empty for none
   * @param before classes that precede the gateway's own
   * @param environment variables besides those of this process
   */
  static GatewayProcess start(
      NodePlan plan,
      List<String> within,
      Machine machine,
      List<Path> before,
      Map<String, String> environment) {
    List<String> command = new ArrayList<>(within);
    command.addAll(
        machine.command(
            before, "org.entente.gateway.Main", "run", "--config", plan.config().toString()));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.appendTo(plan.log().toFile()));
      builder.environment().putAll(machine.environment());
      builder.environment().putAll(environment);
      Process process = builder.start();
      GatewayProcess gateway = new GatewayProcess(plan, process);
      Thread reader = new Thread(gateway::readOutput, "output of " + plan.agency());
      reader.setDaemon(true);
      reader.start();
      return gateway;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Completes {@link #ready} with the ready line; continues to read so that the process never
   * blocks.
   */
  private void readOutput() {
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode node = parse(json, line);
        if (node.path("agency").asText().equals(plan.agency())) {
          ready.complete(
              new ReadyAddresses(
                  plan.agency(),
                  node.path("clients").asText(),
                  node.path("peers").asText(),
                  node.path("admin").asText()));
        } else {
          say(line);
        }
      }
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
    ready.completeExceptionally(new CommandFailure("the process ended"));
  }

  private void say(String line) {
    said.add(line);
    if (said.size() > LAST_LINES) {
      said.poll();
    }
  }

  private static JsonNode parse(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (JsonProcessingException e) {
      return json.createObjectNode();
    }
  }

  /**
   * Waits for the ready line.
   *
   * @throws CommandFailure with the last lines of the log, if the process ends or takes too long
   */
  ReadyAddresses awaitReady(Duration atMost) {
    try {
      return ready.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw failed("is not ready after " + atMost.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw failed("ended with exit code " + process.onExit().join().exitValue(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private CommandFailure failed(String what, Exception cause) {
    return new CommandFailure(
        "the gateway of "
            + plan.agency()
            + " "
            + what
            + "; the last lines of its output:\n"
            + String.join("\n", said)
            + "\n"
            + tail(),
        cause);
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(plan.log(), StandardCharsets.UTF_8);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e.getClass().getSimpleName() + ")";
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Ends the process with SIGKILL, like a power loss, and waits until it is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Sends a signal, such as {@code STOP}. */
  void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start();
      int code = kill.onExit().join().exitValue();
      if (code != 0) {
        throw new CommandFailure("SIG" + name + " was not sent to " + plan.agency());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends SIGTERM. */
  void askToStop() {
    process.destroy();
  }

  /** Waits until the process ends; false if it did not end in time and was killed. */
  boolean awaitStop(Duration atMost) {
    try {
      if (process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    return false;
  }
}
