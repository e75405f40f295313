package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Machine;

/**
 * Runs steps one after the other, and remembers for later ones what earlier ones printed. Ends on
 * closing what still runs.
 */
public final class StepRunner implements AutoCloseable {
  private static final String PROGRAM = "./entente";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final Path temporary;
  private final Map<String, String> replaced;
  private final Map<String, String> kept = new HashMap<>();
  private final List<StartedProcess> running = new ArrayList<>();

  /**
   * Steps that share what they keep.
   *
   * @param folder where output and temporary files of processes go
   * @param replaced texts of the pages and what stands for them here; looked at when a step runs
   */
  public StepRunner(Path folder, Map<String, String> replaced) {
    this.folder = folder;
    this.replaced = replaced;
    try {
      this.temporary = Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The temporary folder of processes that steps start. */
  public Path temporary() {
    return temporary;
  }

  /**
   * Runs them.
   *
   * @throws AssertionError at the first that does otherwise than its step says
   */
  public void run(List<CommandStep> steps) throws IOException, InterruptedException {
    for (CommandStep step : steps) {
      run(step);
    }
  }

  /**
   * Runs one; what it printed, where everything that a step in a process of its own printed is its
   * standard output.
   *
   * @throws AssertionError if it does otherwise than the step says
   */
  public Child run(CommandStep step) throws IOException, InterruptedException {
    Child child =
        switch (step.in()) {
          case THIS_PROCESS, LAUNCHER -> ended(step, repeated(step));
          case SHELL -> ended(step, Child.run(folder, shell(step)));
          case OWN_PROCESS -> started(step);
        };
    String output = child.out() + child.err();
    for (String text : step.said()) {
      assertTrue(output.contains(known(text)), () -> says(step, "does not say " + text, output));
    }
    for (String text : step.unsaid()) {
      assertFalse(output.contains(text), () -> says(step, "says " + text, output));
    }
    step.kept().forEach((name, pattern) -> keep(step, name, pattern, output));
    return child;
  }

  private Child repeated(CommandStep step) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Child child =
          step.in() == CommandStep.ProcessKind.LAUNCHER
              ? Child.run(folder, launcher(step))
              : Child.here(arguments(step));
      if (!step.isTooEarly(child.out() + child.err()) || System.nanoTime() > end) {
        return child;
      }
      Patience.pause();
    }
  }

  private static Child ended(CommandStep step, Child child) {
    String output = child.out() + child.err();
    assertEquals(step.exit(), child.code(), () -> says(step, "has another exit code", output));
    return child;
  }

  private Child started(CommandStep step) throws IOException, InterruptedException {
    List<String> command = Machine.QUICK_START.command("org.entente.gateway.Main", arguments(step));
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    StartedProcess started = StartedProcess.of(command);
    running.add(started);
    started.await(known(String.valueOf(step.awaited())));
    if (!step.isKeptRunning()) {
      int code = started.stop();
      assertEquals(step.exit(), code, () -> says(step, "ended otherwise", started.said()));
    }
    return new Child(step.exit(), started.said(), "");
  }

  private void keep(CommandStep step, String name, Pattern pattern, String output) {
    Matcher found = pattern.matcher(output);
    assertTrue(found.find(), () -> says(step, "does not print a " + name, output));
    kept.put(name, found.group(1).strip());
  }

  private static String says(CommandStep step, String what, String output) {
    return step.command() + "\n" + what + ":\n" + output;
  }

  private List<String> launcher(CommandStep step) {
    List<String> command = new ArrayList<>();
    // What is tested is built already, and a build inside a build would change it meanwhile.
    command.addAll(List.of("env", "ENTENTE_NO_BUILD=1"));
    // The names that a reader gives to gateways are no business of this user.
    command.add("ENTENTE_CONTEXTS=" + folder.resolve("contexts.yaml"));
    // Most commands end before the optimizing compiler is of use.
    command.add("ENTENTE_JAVA_OPTS=-XX:TieredStopAtLevel=1");
    command.add(ConfigurationHome.find().folder().resolve("entente").toString());
    command.addAll(List.of(arguments(step)));
    return command;
  }

  private List<String> shell(CommandStep step) {
    return List.of("bash", "-c", translated(step, step.command()));
  }

  private String[] arguments(CommandStep step) {
    List<String> words = new ArrayList<>();
    for (String word : DocumentedCommand.words(step.command())) {
      words.add(translated(step, word));
    }
    assertEquals(PROGRAM, words.remove(0), step.command());
    words.addAll(step.added());
    return words.toArray(String[]::new);
  }

  private String translated(CommandStep step, String text) {
    String result = text;
    for (Map.Entry<String, String> one : replaced.entrySet()) {
      result = result.replace(one.getKey(), one.getValue());
    }
    for (Map.Entry<String, String> one : step.filled().entrySet()) {
      result = result.replace(one.getKey(), known("{" + one.getValue() + "}"));
    }
    return result;
  }

  /** A text in which names in braces stand for what was kept under them. */
  private String known(String text) {
    String result = text;
    for (Map.Entry<String, String> one : kept.entrySet()) {
      result = result.replace("{" + one.getKey() + "}", one.getValue());
    }
    return result;
  }

  /** Stops what was started last and kept running, with SIGTERM. */
  public void stopLast() throws InterruptedException {
    running.remove(running.size() - 1).stop();
  }

  /** Stops what was kept running, in order and with SIGTERM. */
  public void stopAll() throws InterruptedException {
    for (StartedProcess started : running) {
      started.stop();
    }
  }

  @Override
  public void close() {
    running.forEach(StartedProcess::close);
  }
}
