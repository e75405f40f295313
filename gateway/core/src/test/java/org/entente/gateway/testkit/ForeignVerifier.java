package org.entente.gateway.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/**
 * The second implementation of the formats: {@code load-tests/node/verifier}, written in another
 * language from {@code docs/develop/wire-format.md} alone. It is given what the gateway's own code
 * made or refused, and must come to the same verdict.
 *
 * <p>Where Node or its packages are absent, the test is skipped with the reason.
 */
public final class ForeignVerifier {
  /** Verdict on bytes that are what they should be; any other verdict is a code of a refusal. */
  public static final String OK = "ok";

  /** Verdict of code that refuses without saying why: any refusal agrees with it. */
  public static final String REFUSED = "refused";

  private static final long PATIENCE_SECONDS = 120;
  private static final int SHOWN = 12;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  private ForeignVerifier(Path folder) {
    this.folder = folder;
  }

  /** The verifier beside this repository's sources, ready to run. */
  public static ForeignVerifier require() {
    boolean node =
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "node")));
    TestRequirement.present(node, "node");
    Path folder = find(Path.of("").toAbsolutePath());
    TestRequirement.present(
        Files.isDirectory(folder.resolve("node_modules").resolve("@noble")),
        "load-tests/node/node_modules (npm ci)");
    return new ForeignVerifier(folder);
  }

  private static Path find(Path start) {
    for (Path above = start; above != null; above = above.getParent()) {
      Path candidate = above.resolve("load-tests").resolve("node");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new AssertionError("load-tests/node is not above " + start);
  }

  /** One question: bytes of a format with what is known about them. */
  public static final class Case {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** A case of a format, as {@code formats.mjs} lists them. */
    public Case(String format, String name) {
      fields.put("name", name);
      fields.put("format", format);
    }

    /** With bytes. */
    public Case with(String field, byte[] bytes) {
      return with(field, (Object) HexFormat.of().formatHex(bytes));
    }

    /** With several byte strings. */
    public Case with(String field, List<byte[]> bytes) {
      return with(field, (Object) bytes.stream().map(HexFormat.of()::formatHex).toList());
    }

    /** With a value as JSON has it. */
    public Case with(String field, Object value) {
      fields.put(field, value);
      return this;
    }

    private String name() {
      return String.valueOf(fields.get("name"));
    }
  }

  /**
   * What the verifier said.
   *
   * @param name of the case
   * @param verdict {@link #OK} or the code of the refusal
   * @param value what it found; missing for a refusal
   */
  public record Answer(String name, String verdict, JsonNode value) {}

  /** Asks about cases; answers come in their order. A verifier that breaks fails the test. */
  public List<Answer> ask(List<Case> cases) {
    try {
      Path file = Files.createTempFile("cases", ".json");
      try {
        JSON.writeValue(
            file.toFile(), Map.of("cases", cases.stream().map(one -> one.fields).toList()));
        return answers(run(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the command prints about a file; its exit code must say that nothing was unexpected. */
  public String report(Path vectors) {
    try {
      Run run = start(List.of("node", "verifier/verify.mjs", vectors.toString()));
      Assertions.assertEquals(0, run.code, run.out);
      return run.out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String run(Path file) throws IOException {
    Run run = start(List.of("node", "verifier/verify.mjs", "--json", file.toString()));
    Assertions.assertTrue(run.code == 0 || run.code == 1, () -> "exit " + run.code + run.out);
    return run.out;
  }

  private Run start(List<String> command) throws IOException {
    Path out = Files.createTempFile("answers", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      Assertions.assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), "still running");
      return new Run(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
      Files.delete(out);
    }
  }

  private record Run(int code, String out) {}

  private static List<Answer> answers(String lines) throws IOException {
    List<Answer> answers = new ArrayList<>();
    for (String line : lines.split("\n", -1)) {
      if (!line.isEmpty()) {
        JsonNode answer = JSON.readTree(line);
        boolean ok = answer.path("result").asText().equals(OK);
        String verdict = ok ? OK : answer.path("code").asText();
        answers.add(new Answer(answer.path("name").asText(), verdict, answer.path("value")));
      }
    }
    return answers;
  }

  /** Cases together with this code's own verdict on each. */
  public static final class Comparison {
    private final List<Case> cases = new ArrayList<>();
    private final List<String> verdicts = new ArrayList<>();
    private final long seed;

    /** No cases yet; they will be made from a seed, which a failure names. */
    public Comparison(long seed) {
      this.seed = seed;
    }

    /** Adds a case and the verdict of the gateway's code: {@link #OK} or a code. */
    public void add(Case one, String verdict) {
      cases.add(one);
      verdicts.add(verdict);
    }

    /** The same for code that has one refusal. */
    public void add(Case one, boolean accepted, String refusal) {
      add(one, accepted ? OK : refusal);
    }

    /** The same for code that says no more than whether. */
    public void add(Case one, boolean accepted) {
      add(one, accepted, REFUSED);
    }

    /**
     * Fails unless both refuse all of them alike, there are at least so many, and each of these
     * verdicts is among theirs.
     */
    public void refusedBy(ForeignVerifier foreign, int least, String... verdictsAmongThem) {
      CaseTally tally = foreign.agree(this);
      String found = "seed " + seed + ": " + tally;
      Assertions.assertEquals(0, tally.of(OK), found);
      Assertions.assertTrue(cases.size() >= least, found);
      for (String verdict : verdictsAmongThem) {
        Assertions.assertTrue(tally.of(verdict) > 0, verdict + " is missing, " + found);
      }
    }
  }

  /**
   * Fails unless the verifier's verdict is the same on every case.
   *
   * @return how many cases had each verdict
   */
  public CaseTally agree(Comparison comparison) {
    List<Answer> answers = ask(comparison.cases);
    Assertions.assertEquals(comparison.cases.size(), answers.size());
    Map<String, Integer> counts = new TreeMap<>();
    List<String> differing = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      String here = comparison.verdicts.get(i);
      Answer there = answers.get(i);
      counts.merge(here, 1, Integer::sum);
      boolean same =
          here.equals(REFUSED) ? !there.verdict().equals(OK) : here.equals(there.verdict());
      if (!same) {
        differing.add(
            comparison.cases.get(i).name() + ": here " + here + ", there " + there.verdict());
      }
    }
    Assertions.assertTrue(
        differing.isEmpty(),
        () ->
            String.format(
                "seed %d: %d differ:%n%s",
                comparison.seed, differing.size(), String.join("\n", first(differing))));
    return new CaseTally(counts);
  }

  /**
   * Verdicts of both implementations.
   *
   * @param counts number of cases by verdict
   */
  public record CaseTally(Map<String, Integer> counts) {
    /** How many had this verdict. */
    public int of(String verdict) {
      return counts.getOrDefault(verdict, 0);
    }
  }

  private static List<String> first(List<String> list) {
    return list.subList(0, Math.min(SHOWN, list.size()));
  }

  /** The value found in the one case. */
  public JsonNode accepted(Case one) {
    Answer answer = ask(List.of(one)).get(0);
    Assertions.assertEquals(OK, answer.verdict(), answer.name());
    return answer.value();
  }
}
