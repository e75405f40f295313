package org.entente.loadtests.scenario.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.loadtests.scenario.action.Agreements;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * Expected result of {@code policy fmt} on copies of agreements.
 *
 * @param changes names of the files that it formats, exactly these; none if absent
 * @param refuses names of the files that it refuses because they would lose content, exactly these;
 *     none if absent
 */
public record PolicyFmtEntry(@Nullable List<String> changes, @Nullable List<String> refuses) {

  private TreeSet<String> changed() {
    return new TreeSet<>(changes == null ? List.of() : changes);
  }

  private TreeSet<String> refused() {
    return new TreeSet<>(refuses == null ? List.of() : refuses);
  }

  void check(ScenarioCheck checking, String field) {
    TreeSet<String> both = changed();
    both.retainAll(refused());
    checking.require(
        both.isEmpty(), field + ".refuses", "names " + both + " a second time", "each file once");
  }

  /**
   * Runs a check, formats, and formats again.
   *
   * @param folder files that may change
   */
  public void compare(Path folder, StepFindings findings) {
    CommandRun asked = CommandRun.of("policy", "fmt", "--check", folder.toString());
    findings.same(
        "--check names " + words(changed(), refused()), "--check names " + named(folder, asked));
    Map<String, String> before = texts(folder);
    CommandRun written = CommandRun.of("policy", "fmt", folder.toString());
    Map<String, String> after = texts(folder);
    findings.same(
        "it says that it lays out " + words(changed(), refused()),
        "it says that it lays out " + named(folder, written));
    findings.same("it writes " + changed(), "it writes " + differing(before, after));
    CommandRun again = CommandRun.of("policy", "fmt", folder.toString());
    findings.same(
        "a second time it lays out " + words(new TreeSet<>(), refused()),
        "a second time it lays out " + named(folder, again));
    findings.same("and writes []", "and writes " + differing(after, texts(folder)));
  }

  private static String words(TreeSet<String> changed, TreeSet<String> refused) {
    return changed + (refused.isEmpty() ? "" : ", refuses " + refused);
  }

  private static String named(Path folder, CommandRun run) {
    TreeSet<String> changed = new TreeSet<>();
    TreeSet<String> refused = new TreeSet<>();
    for (Path file : Agreements.in(folder)) {
      String name = String.valueOf(file.getFileName());
      if (run.out().contains(file + ": ")) {
        changed.add(name);
      }
      if (run.err().contains(file + ":")) {
        refused.add(name);
      }
    }
    return words(changed, refused);
  }

  private static TreeSet<String> differing(Map<String, String> before, Map<String, String> after) {
    TreeSet<String> names = new TreeSet<>(after.keySet());
    names.removeIf(name -> Objects.equals(before.get(name), after.get(name)));
    return names;
  }

  private static Map<String, String> texts(Path folder) {
    Map<String, String> texts = new TreeMap<>();
    try {
      for (Path file : Agreements.in(folder)) {
        texts.put(String.valueOf(file.getFileName()), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }
}
