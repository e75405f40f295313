package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.jspecify.annotations.Nullable;

/**
 * Expected finding of {@code policy lint}.
 *
 * @param file name of the file, without folder
 * @param field its place in the file; the whole file if absent
 * @param says a part of the text
 */
public record LintFinding(
    @JsonProperty(required = true) String file,
    @Nullable String field,
    @JsonProperty(required = true) String says) {

  public static void check(
      ScenarioCheck checking, String field, @Nullable List<LintFinding> findings) {
    List<LintFinding> all = findings == null ? List.of() : findings;
    for (int i = 0; i < all.size(); i++) {
      checking.require(
          !all.get(i).says().isBlank(),
          field + "[" + i + "].says",
          "is blank",
          "a part of what is said");
    }
  }

  /** The expected findings, in words. */
  public static List<String> words(@Nullable List<LintFinding> findings) {
    return findings == null
        ? List.of()
        : findings.stream().map(LintFinding::words).sorted().toList();
  }

  /** The actual findings, each once, in the words of the expectation that they match. */
  public static List<String> words(
      List<ConfigProblem> found, @Nullable List<LintFinding> findings) {
    List<LintFinding> left = findings == null ? new ArrayList<>() : new ArrayList<>(findings);
    List<String> words = new ArrayList<>();
    for (ConfigProblem problem : found) {
      LintFinding same = left.stream().filter(it -> it.fits(problem)).findFirst().orElse(null);
      words.add(same == null ? name(problem.file()) + ": " + inFull(problem) : same.words());
      left.remove(same);
    }
    return words.stream().sorted().toList();
  }

  private static String inFull(ConfigProblem problem) {
    return problem.field() + ": " + problem.wrong();
  }

  private boolean fits(ConfigProblem problem) {
    return name(problem.file()).equals(file)
        && problem.field().equals(field == null ? "" : field)
        && problem.wrong().contains(says);
  }

  private static String name(String file) {
    return String.valueOf(Path.of(file).getFileName());
  }

  private String words() {
    return file + ": " + (field == null ? "" : field) + ": … " + says + " …";
  }
}
