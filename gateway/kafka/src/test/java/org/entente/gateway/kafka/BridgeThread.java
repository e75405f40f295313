package org.entente.gateway.kafka;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.entente.gateway.cli.RootCommand;
import picocli.CommandLine;

/** The command in a thread of this process, which starts in less time than a process. */
final class BridgeThread implements RunningBridge {
  private static final long PATIENCE_SECONDS = 60;

  private final StringWriter output = new StringWriter();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final Thread thread;

  private BridgeThread(CommandLine command, String[] arguments) {
    PrintWriter printer = new PrintWriter(output, true);
    command.setOut(printer).setErr(printer);
    thread = new Thread(() -> exit.complete(command.execute(arguments)), "bridge");
  }

  static BridgeThread start(List<String> arguments) {
    String[] all = arguments.toArray(String[]::new);
    BridgeThread bridge = new BridgeThread(RootCommand.commandLine(all), all);
    bridge.thread.start();
    return bridge;
  }

  @Override
  public boolean isAlive() {
    return !exit.isDone();
  }

  @Override
  public String output() {
    return output.toString();
  }

  @Override
  public int exit() throws InterruptedException {
    try {
      return exit.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("it did not end; it said: " + output(), e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    exit.join();
  }
}
