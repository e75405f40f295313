package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.entente.gateway.PolicyTools;
import org.entente.gateway.StartProblem;
import org.entente.gateway.cli.CommandFailure;
import org.entente.gateway.policy.ExpectationReport;
import org.entente.gateway.policy.Residual;
import org.jspecify.annotations.Nullable;

/**
 * Somebody asks the rules of a node, or a draft that is to change them, as {@code policy test},
 * {@code policy diff} and {@code policy explain --unknown} do, by the same classes. The gateway has
 * no part in it but where a client puts the same expectations to it.
 *
 * @param agency whose node's files are asked
 * @param draft folder of the scenario with agreements that would stand in the place of those of the
 *     same file name, or come to them; the rules in force if absent
 * @param test expectations are put to the rules
 * @param diff the draft is compared with the rules in force
 * @param explain what a decision depends on while a field is not known
 */
record PolicyStep(
    @JsonProperty(required = true) String agency,
    @Nullable String draft,
    @Nullable PolicyTestEntry test,
    @Nullable PolicyDiffEntry diff,
    @Nullable PolicyExplainEntry explain)
    implements Act {
  private static final String SUFFIX = ".yaml";

  @Override
  public String word() {
    return "policy";
  }

  @Override
  public void check(Checking checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        Stream.<Object>of(test, diff, explain).filter(Objects::nonNull).count() == 1,
        field,
        "asks nothing, or several things",
        "exactly one of test, diff, explain");
    checking.require(
        draft != null || diff == null, field + ".draft", "is missing", "a folder with diff");
    checking.require(
        draft == null || explain == null,
        field + ".draft",
        "beside explain, which asks the rules in force",
        "with test and diff only");
    checking.require(
        draft == null || test == null || test.by() == null,
        field + ".draft",
        "beside test.by, whose gateway has the rules in force only",
        "one of the two");
    checking.require(
        test == null || test.by() == null || test.by().agency().equals(agency),
        field + ".test.by",
        (test == null ? "" : test.by() + " is no client of " + agency),
        "a client of the agency that is asked");
    if (draft != null) {
      checking.require(
          Files.isDirectory(checking.file(draft)) && !agreements(checking.file(draft)).isEmpty(),
          field + ".draft",
          "there are no agreements in " + checking.file(draft),
          "a folder of the scenario with one or more *.yaml");
    }
    if (test != null) {
      test.check(checking, field + ".test");
    }
    if (diff != null) {
      diff.check(checking, field + ".diff");
    }
    if (explain != null) {
      explain.check(checking, field + ".explain");
    }
  }

  @Override
  public void perform(Stage stage, Findings findings) {
    Path config = stage.federation().plan(agency).config();
    try {
      PolicyTools node = PolicyTools.read(config, InstantSource.system());
      PolicyTools.Place own = node.place(null, null);
      PolicyTools.Place place =
          draft == null
              ? own
              : node.place(candidate(stage.file(draft), own, folder(config, draft)), null);
      if (test != null) {
        ExpectationReport report = node.test(place, stage.file(test.expectations()));
        test.compare(report, findings);
        test.ask(stage, report, findings);
      }
      if (diff != null) {
        diff.compare(node.compare(place, diff.tries()), findings);
      }
      if (explain != null) {
        explain.compare(
            node.residuals(
                Residual.Known.of(explain.written()), explain.unknown(), explain.addressing()),
            findings);
      }
    } catch (StartProblem e) {
      throw new CommandFailure(String.valueOf(e.getMessage()), e);
    }
  }

  /** A folder that goes with the federation. */
  private static Path folder(Path config, String draft) {
    return config.resolveSibling("candidate-" + draft.replace('/', '-'));
  }

  /** The node's agreements with those of the draft. */
  private static Path candidate(Path draft, PolicyTools.Place own, Path folder) {
    try {
      Files.createDirectories(folder);
      for (Path from : List.of(own.agreements(), draft)) {
        for (Path file : agreements(from)) {
          String name = String.valueOf(file.getFileName());
          Files.copy(file, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> agreements(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
