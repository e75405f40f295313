package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.loadtests.federation.Federation;

/**
 * Records both gateways with JDK Flight Recorder, under packed load and with messages that travel
 * alone, and summarises threads, methods and allocations. Counts the method on top of each stack
 * and the gateway's own method nearest to the top.
 */
final class Profile {
  /**
   * Warm-up after an extra first recording. The first recording changes classes, so the JVM
   * discards its compiled code.
   */
  private static final Duration COMPILING = Duration.ofSeconds(40);

  private static final Duration RECORDED = Duration.ofSeconds(30);
  private static final List<MessageLoad.Kind> LOADS =
      List.of(MessageLoad.Kind.PACKED, MessageLoad.Kind.LONE);
  private static final long COMMAND_SECONDS = 60;
  private static final int SHOWN = 50;
  private static final double BYTES_PER_KIB = 1 << 10;
  private static final String OWN = "org.entente.";

  /**
   * Records which allocations began a new buffer of a thread, or found no room in one. JFR's
   * throttled samples show large arrays several times too often.
   */
  private static final List<String> ALLOCATIONS =
      List.of(
          "jdk.ObjectAllocationInNewTLAB#enabled=true",
          "jdk.ObjectAllocationOutsideTLAB#enabled=true",
          "jdk.ObjectAllocationSample#enabled=false");

  /** What the threads of a gateway have used so far, by their names. */
  private record Threads(Map<String, Double> seconds, Map<String, Double> woken) {
    static Threads of(Usage usage) {
      return new Threads(usage.threads(), usage.wakeUpsByThread());
    }

    /** Subtracts what they had used before. */
    void less(Threads before) {
      before.seconds.forEach((name, used) -> seconds.merge(name, -used, Double::sum));
      before.woken.forEach((name, used) -> woken.merge(name, -used, Double::sum));
    }
  }

  private final GatewayChain gateways;
  private final Federation federation;
  private final Consumer<String> say;

  Profile(GatewayChain gateways, Federation federation, Consumer<String> say) {
    this.gateways = gateways;
    this.federation = federation;
    this.say = say;
  }

  /** Writes a recording and a summary of each gateway and load into the folder. */
  void record(Path folder) throws InterruptedException {
    try {
      Files.createDirectories(folder);
      start();
      for (MessageLoad.Kind kind : LOADS) {
        new WarmUp(federation, say).run(new MessageLoad(gateways, kind)::hurry, COMPILING);
      }
      stop();
      for (MessageLoad.Kind kind : LOADS) {
        record(folder, kind);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void record(Path folder, MessageLoad.Kind kind) throws IOException, InterruptedException {
    MessageLoad load = new MessageLoad(gateways, kind);
    start();
    Map<String, Threads> before = new HashMap<>();
    for (String agency : GatewayChain.GATEWAYS) {
      before.put(agency, Threads.of(new Usage(federation.pid(agency))));
    }
    long arrived = load.arrived();
    load.run(RECORDED);
    long messages = load.arrived() - arrived;
    say.accept(String.format(Locale.ROOT, "recorded %,d messages, %s", messages, kind.id()));
    for (String agency : GatewayChain.GATEWAYS) {
      Threads threads = Threads.of(new Usage(federation.pid(agency)));
      threads.less(Objects.requireNonNull(before.get(agency)));
      Path file = folder.resolve(agency + "-" + kind.id() + ".jfr").toAbsolutePath();
      jcmd(agency, "JFR.stop", "name=bench", "filename=" + file);
      Files.writeString(
          folder.resolve(agency + "-" + kind.id() + ".txt"), summary(file, threads, messages));
    }
  }

  private void start() throws IOException, InterruptedException {
    for (String agency : GatewayChain.GATEWAYS) {
      List<String> command =
          new ArrayList<>(List.of("JFR.start", "name=bench", "settings=profile"));
      command.addAll(ALLOCATIONS);
      jcmd(agency, command.toArray(new String[0]));
    }
  }

  private void stop() throws IOException, InterruptedException {
    for (String agency : GatewayChain.GATEWAYS) {
      jcmd(agency, "JFR.stop", "name=bench");
    }
  }

  private void jcmd(String agency, String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(federation.pid(agency)));
    line.addAll(List.of(command));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new CommandFailure("jcmd " + command[0] + " failed for " + agency);
    }
  }

  private static String summary(Path recording, Threads threads, long messages) throws IOException {
    Map<String, Double> kinds = new HashMap<>();
    Map<String, Double> tops = new HashMap<>();
    Map<String, Double> own = new HashMap<>();
    Map<String, Double> allocations = new HashMap<>();
    Map<String, Double> allocated = new HashMap<>();
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> {
            tops.merge(frame(event, ""), 1.0, Double::sum);
            own.merge(frame(event, OWN), 1.0, Double::sum);
            kinds.merge(kind(event), 1.0, Double::sum);
          }
          case "jdk.ObjectAllocationInNewTLAB", "jdk.ObjectAllocationOutsideTLAB" -> {
            String size = event.hasField("tlabSize") ? "tlabSize" : "allocationSize";
            double weight = event.getLong(size) / BYTES_PER_KIB / messages;
            allocations.merge(frame(event, OWN), weight, Double::sum);
            allocated.merge(
                event.getClass("objectClass").getName() + " in " + frame(event, ""),
                weight,
                Double::sum);
          }
          default -> {}
        }
      }
    }
    StringBuilder text = new StringBuilder();
    section(text, "Processor time by thread, of seconds", threads.seconds());
    threads.woken().replaceAll((name, times) -> times / messages);
    section(text, "Threads woken, of a message", threads.woken());
    section(text, "How the method on top was run, of samples of Java code", kinds);
    section(text, "Methods on top of the stack, of samples of Java code", tops);
    section(text, "The gateway's own methods nearest to the top, of the same", own);
    section(text, "Allocation by the gateway's own methods, KiB a message", allocations);
    section(text, "Allocation by class and method, KiB a message", allocated);
    return text.toString();
  }

  /** A profile of mostly interpreted code is not meaningful for warm code. */
  private static String kind(RecordedEvent event) {
    return event.getStackTrace() == null || event.getStackTrace().getFrames().isEmpty()
        ? "?"
        : event.getStackTrace().getFrames().get(0).getType() + "";
  }

  private static String frame(RecordedEvent event, String prefix) {
    if (event.getStackTrace() == null) {
      return "?";
    }
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String type = frame.getMethod().getType().getName();
      if (type.startsWith(prefix)) {
        return type + "." + frame.getMethod().getName();
      }
    }
    return "(none)";
  }

  private static void section(StringBuilder text, String title, Map<String, Double> weights) {
    double all = weights.values().stream().mapToDouble(weight -> weight).sum();
    text.append(title).append(String.format(Locale.ROOT, " (%,.1f)%n", all));
    weights.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(
            entry ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%6.1f %% %8.2f  %s%n",
                        100 * entry.getValue() / all,
                        entry.getValue(),
                        entry.getKey())));
    text.append('\n');
  }
}
