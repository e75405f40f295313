package org.entente.gateway.fuzz;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.fuzz.FuzzTarget.Entry;

/**
 * Fuzzes every parser with Jazzer, some packages after the other, each in a Java process of its
 * own.
 *
 * <p>A finding is a throwable that a parser does not declare, a law that it breaks, more than
 * {@value #HEAP} of memory or more than {@value #HANG_SECONDS} seconds for one input. From the
 * shell {@code load-tests/fuzz --minutes N}, which ends with 1 if there is one.
 */
public final class FuzzRun {
  private static final String HEAP = "-Xmx512m";
  private static final int HANG_SECONDS = 20;
  private static final int LAST_LINES = 60;
  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in (\\d+) second.*");

  /** Packages that share a process: starting one costs seconds. */
  private static final List<List<String>> SHIFTS =
      List.of(
          List.of("seal", "note", "audit", "link", "receive"),
          List.of("trust", "ledger", "keys", "crypto", "identity"),
          List.of("policy", "cel", "config", "bridge", "wire"));

  private final Path work;
  private final boolean keep;

  /** What came of fuzzing. */
  sealed interface Outcome {
    /** Nothing was found in so many runs. */
    record Clean(long runs) implements Outcome {}

    /** Something was, with this input, which is in a file of its own. */
    record Found(String format, Path input, List<String> lines) implements Outcome {}

    /** Jazzer does not run on this machine. */
    record CannotRun(String why) implements Outcome {}
  }

  /**
   * A run.
   *
   * @param work an empty folder
   * @param keep whether inputs that reach further go into the repository
   */
  FuzzRun(Path work, boolean keep) {
    this.work = work;
    this.keep = keep;
  }

  /** The entry point of the command. */
  public static void main(String[] args) throws IOException, InterruptedException {
    List<String> words = List.of(args);
    int at = words.indexOf("--minutes");
    if (at < 0 || at + 1 >= words.size() || !words.get(at + 1).matches("[1-9][0-9]{0,3}")) {
      System.err.println("fuzz --minutes N [--keep]: fuzzes every parser for N minutes");
      System.exit(2);
    }
    Duration time = Duration.ofMinutes(Long.parseLong(words.get(at + 1)));
    Path work = Files.createDirectories(Path.of("target", "fuzz"));
    FuzzRun run = new FuzzRun(Files.createTempDirectory(work, "run-"), words.contains("--keep"));
    System.exit(say(run.run(time)));
  }

  /** Prints an outcome; the exit code. */
  private static int say(Outcome outcome) {
    if (outcome instanceof Outcome.Found found) {
      found.lines().forEach(System.err::println);
      System.err.println();
      System.err.println("FOUND: " + found.format() + ", input " + found.input().toAbsolutePath());
      System.err.println(
          "Mend the parser, then keep the input as gateway/node/"
              + FuzzCorpus.FOLDER.resolve(found.format()).resolve(found.input().getFileName()));
      return 1;
    }
    if (outcome instanceof Outcome.CannotRun cannot) {
      System.err.println("Jazzer does not run here: " + cannot.why());
      return 2;
    }
    System.out.println("nothing found in " + ((Outcome.Clean) outcome).runs() + " runs");
    return 0;
  }

  /** Fuzzes for a time in all, startup aside; stops at the first finding. */
  Outcome run(Duration time) throws IOException, InterruptedException {
    long runs = 0;
    long seconds = Math.max(1, time.toSeconds() / SHIFTS.size());
    for (List<String> packages : SHIFTS) {
      Outcome outcome = new Shift(packages).run(seconds);
      if (!(outcome instanceof Outcome.Clean clean)) {
        return outcome;
      }
      runs += clean.runs();
    }
    return new Outcome.Clean(runs);
  }

  /** One process. */
  private final class Shift {
    private final String packages;
    private final List<Entry> entries;
    private final Path folder;
    private final Deque<String> last = new ArrayDeque<>();

    Shift(List<String> packages) {
      this.packages = String.join(",", packages);
      this.entries = FuzzTarget.entries(packages);
      this.folder = work.resolve(packages.get(0));
    }

    Outcome run(long seconds) throws IOException, InterruptedException {
      Path corpus = folder.resolve("corpus");
      Path fresh = Files.createDirectories(folder.resolve("fresh"));
      FuzzCorpus.layOut(entries, corpus);
      Optional<Long> runs = jazzer("-max_total_time=" + seconds, fresh, corpus);
      Optional<Path> artifact = artifact();
      if (artifact.isPresent()) {
        return found(artifact.get());
      }
      if (runs.isEmpty()) {
        String why = String.join("\n", last);
        if (why.contains("UnsatisfiedLinkError")) {
          return new Outcome.CannotRun("its native library cannot be loaded");
        }
        throw new IllegalStateException("Jazzer ended without a result:\n" + why);
      }
      System.out.println("fuzzed " + packages + ": " + runs.get() + " runs in " + seconds + " s");
      if (keep) {
        Path merged = Files.createDirectories(folder.resolve("merged"));
        jazzer("-merge=1", merged, corpus, fresh);
        FuzzCorpus.keep(entries, merged);
      }
      return new Outcome.Clean(runs.get());
    }

    /** Runs it to its end; how many inputs it tried, if it came to tell. */
    private Optional<Long> jazzer(String mode, Path... folders)
        throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(command(mode, folders)).redirectErrorStream(true).start();
      Optional<Long> runs = Optional.empty();
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          last.add(line);
          if (last.size() > LAST_LINES) {
            last.remove();
          }
          Matcher done = DONE.matcher(line);
          runs = done.matches() ? Optional.of(Long.parseLong(done.group(1))) : runs;
        }
      }
      process.waitFor();
      return runs;
    }

    private List<String> command(String mode, Path... folders) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of(HEAP, "-XX:+UseSerialGC", "-Duser.timezone=UTC"));
      command.add("-XX:+EnableDynamicAgentLoading");
      command.add("-D" + FuzzTarget.PACKAGES + "=" + packages);
      command.addAll(List.of("-cp", System.getProperty("java.class.path")));
      command.add("com.code_intelligence.jazzer.Jazzer");
      command.add("--target_class=" + FuzzTarget.class.getName());
      command.add("--instrumentation_includes=org.entente.gateway.**");
      command.add("--custom_hook_includes=org.entente.gateway.**");
      command.add("--mutator_framework=false");
      command.add("--reproducer_path=" + folder);
      command.add("-artifact_prefix=" + folder + "/");
      command.addAll(List.of("-timeout=" + HANG_SECONDS, "-rss_limit_mb=0"));
      command.addAll(List.of("-max_len=65536", "-len_control=100", mode));
      Arrays.stream(folders).map(Path::toString).forEach(command::add);
      return command;
    }

    private Optional<Path> artifact() throws IOException {
      try (var files = Files.list(folder)) {
        return files
            .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
            .findFirst();
      }
    }

    /** Says which format it was, and lays its bytes down as the corpus keeps them. */
    private Outcome found(Path artifact) throws IOException {
      byte[] input = Files.readAllBytes(artifact);
      int chosen = input.length == 0 ? 0 : input[0] & 0xff;
      String format = chosen < entries.size() ? entries.get(chosen).toString() : packages;
      byte[] rest = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
      Path file = work.resolve(FuzzCorpus.name(rest));
      Files.write(file, rest);
      return new Outcome.Found(format, file, List.copyOf(last));
    }
  }
}
