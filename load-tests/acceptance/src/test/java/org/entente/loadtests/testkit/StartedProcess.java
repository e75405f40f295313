package org.entente.loadtests.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A child process that runs until it is stopped, and whose output is read as it comes. */
public final class StartedProcess implements AutoCloseable {
  private static final long SECONDS = 180;

  private final Process process;

  /** Lines, and at the end an empty list. */
  private final LinkedBlockingQueue<List<String>> output = new LinkedBlockingQueue<>();

  private final List<String> seen = new ArrayList<>();

  private StartedProcess(Process process) {
    this.process = process;
  }

  /** Starts a command; standard error is read with standard output. */
  public static StartedProcess of(List<String> command) throws IOException {
    StartedProcess started =
        new StartedProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    Thread reader = new Thread(started::read, "output of " + command.get(command.size() - 1));
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(List.of(line));
      }
    } catch (IOException e) {
      // The process was ended.
    }
    output.add(List.of());
  }

  /**
   * Waits for a line that contains a text, and returns it; lines that came before count.
   *
   * @throws AssertionError with all output, if the process ends or says nothing more for long
   */
  public String await(String text) throws InterruptedException {
    for (String line : seen) {
      if (line.contains(text)) {
        return line;
      }
    }
    while (true) {
      List<String> next = output.poll(SECONDS, TimeUnit.SECONDS);
      if (next == null || next.isEmpty()) {
        throw new AssertionError(
            (next == null ? "silent" : "ended") + " before \"" + text + "\":\n" + said());
      }
      seen.add(next.get(0));
      if (next.get(0).contains(text)) {
        return next.get(0);
      }
    }
  }

  /** What was read so far. */
  public String said() {
    return String.join("\n", seen);
  }

  /** The processes that it started and that run now. */
  public List<ProcessHandle> children() {
    return process.children().toList();
  }

  /**
   * Ends it with SIGTERM, as a service manager does.
   *
   * @return its exit code
   * @throws AssertionError if it does not end
   */
  public int stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      close();
      throw new AssertionError("not ended " + SECONDS + " s after SIGTERM:\n" + said());
    }
    return process.exitValue();
  }

  /** Ends it, and what it started, at once if it still runs. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }
}
