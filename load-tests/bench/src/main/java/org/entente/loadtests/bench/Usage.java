package org.entente.loadtests.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Resources that a process uses, as counted by the system.
 *
 * @param pid of the process
 */
record Usage(long pid) {
  private static final String RESIDENT = "VmRSS:";
  private static final String WRITTEN = "write_bytes:";
  private static final String NAME = "Name:";
  private static final String WAITED = "voluntary_ctxt_switches:";
  private static final String PREEMPTED = "nonvoluntary_ctxt_switches:";

  /** Positions of utime and stime in /proc/PID/task/TID/stat, counted after the name; proc(5). */
  private static final int USER = 11;

  private static final int SYSTEM = 12;
  private static final double TICKS = 100;
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Processor time so far, of all its threads; counted in hundredths of a second. */
  Duration processor() {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }

  /**
   * Seconds of processor time so far by thread name, including the JVM's threads. Threads whose
   * names differ only in a number are added up.
   */
  Map<String, Double> threads() {
    Map<String, Double> seconds = new HashMap<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : tasks.toList()) {
        Optional<String> precise = read(task.resolve("schedstat"));
        read(task.resolve("stat")).ifPresent(stat -> add(stat, precise, seconds));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return seconds;
  }

  /** Adds a thread's time: in nanoseconds if the system counts them, or in ticks. */
  private static void add(String stat, Optional<String> precise, Map<String, Double> seconds) {
    int end = stat.lastIndexOf(')');
    String name = kind(stat.substring(stat.indexOf('(') + 1, end));
    String[] fields = stat.substring(end + 2).split(" ", -1);
    double spent =
        precise
            .map(nanos -> Long.parseLong(nanos.split(" ", 2)[0]) / NANOS)
            .orElse((Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS);
    seconds.merge(name, spent, Double::sum);
  }

  /** The name of a thread without its number. */
  private static String kind(String name) {
    return name.replaceAll("[-#]?\\d+", "");
  }

  /** A file about a thread; empty if it ended since it was listed. */
  private static Optional<String> read(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (Files.exists(file)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Resident memory, bytes. */
  long resident() {
    return field("status", RESIDENT) << 10;
  }

  /** How often its present threads waited for something and were woken. */
  long wakeUps() {
    return ofThreads(WAITED);
  }

  /** The same by thread name, as in {@link #threads}. */
  Map<String, Double> wakeUpsByThread() {
    Map<String, Double> woken = new HashMap<>();
    for (String status : statuses()) {
      String name = status.lines().findFirst().orElse(NAME).substring(NAME.length()).strip();
      woken.merge(kind(name), (double) number(status, WAITED), Double::sum);
    }
    return woken;
  }

  /** How often its present threads lost the processor to another. */
  long preemptions() {
    return ofThreads(PREEMPTED);
  }

  private long ofThreads(String name) {
    return statuses().stream().mapToLong(status -> number(status, name)).sum();
  }

  /** What the system says of each thread that has not ended. */
  private List<String> statuses() {
    List<String> all = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : tasks.toList()) {
        read(task.resolve("status")).ifPresent(all::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  /** Bytes written to disks so far; none in memory-only file systems. */
  long written() {
    return field("io", WRITTEN);
  }

  private long field(String file, String name) {
    try {
      return number(Files.readString(Path.of("/proc", Long.toString(pid), file)), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(String text, String name) {
    return text.lines()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElse(0);
  }
}
