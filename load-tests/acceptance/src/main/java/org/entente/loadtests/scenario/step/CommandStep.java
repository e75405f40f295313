package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.loadtests.federation.RulesInForce;
import org.entente.loadtests.scenario.action.Agreements;
import org.entente.loadtests.scenario.action.CommandRun;
import org.entente.loadtests.scenario.action.Expectation;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * A command of {@code ./entente} on a machine of an agency.
 *
 * @param agency the agency
 * @param run the command in one line. {@code $config} is the agency's node.yaml, {@code $folder}
 *     the scenario's folder and {@code $draft} the agreements in force with the draft
 * @param draft folder of the scenario with agreements that replace those of the same file name or
 *     are added
 * @param exit its exit code; 0 if absent
 * @param answer expected fields of the JSON object that it prints
 * @param prints texts that it prints
 * @param without texts that it does not print
 */
public record CommandStep(
    @JsonProperty(required = true) String agency,
    @JsonProperty(required = true) String run,
    @Nullable String draft,
    @Nullable Integer exit,
    @Nullable Map<String, Object> answer,
    @Nullable List<String> prints,
    @Nullable List<String> without)
    implements ScenarioAction {
  @Override
  public String word() {
    return "command";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        run.contains("$draft") == (draft != null),
        field + ".draft",
        draft == null ? "is missing with $draft" : "without $draft",
        "a folder with $draft in `run`, and with it only");
    if (draft != null) {
      checking.drafts(field + ".draft", draft);
    }
    checking.require(
        answer == null || run.contains("--json"), field + ".answer", "without --json", "with it");
    checking.noting(field, () -> checking.variables().resolve(expected(), "answer"));
  }

  private Map<String, Object> expected() {
    return answer == null ? Map.of() : answer;
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) {
    int code = exit == null ? 0 : exit;
    Path config = stage.federation().plan(agency).config();
    String together = draft == null ? "" : together(stage, config, draft).toString();
    CommandRun done =
        CommandRun.of(
            Stream.of(run.split(" ", -1))
                .map(it -> it.replace("$config", config.toString()))
                .map(it -> it.replace("$folder", stage.file("").toString()))
                .map(it -> it.replace("$draft", together))
                .toArray(String[]::new));
    findings.add(
        run + " ends with " + code,
        run + " ends with " + done.code() + (done.code() == code ? "" : ": " + done.said()),
        done.code() == code);
    texts(prints, "prints", done, true, findings);
    texts(without, "does not print", done, false, findings);
    if (answer != null) {
      Optional<String> mismatch = mismatch(stage, done);
      findings.add("answers " + answer, mismatch.orElse("it does"), mismatch.isEmpty());
    }
  }

  private static void texts(
      @Nullable List<String> texts,
      String what,
      CommandRun done,
      boolean expected,
      StepFindings findings) {
    for (String text : texts == null ? List.<String>of() : texts) {
      boolean ok = done.said().contains(text) == expected;
      String words = what + " \"" + text + "\"";
      findings.add(words, ok ? words : "prints " + done.said(), ok);
    }
  }

  private Optional<String> mismatch(ScenarioFederation stage, CommandRun done) {
    try {
      Map<?, ?> printed =
          new ObjectMapper().readValue(stage.variables().inBase64(done.out()), Map.class);
      return Expectation.mismatch(
          stage.variables().resolve(expected(), "answer"), printed, "answer");
    } catch (JsonProcessingException | DraftFault e) {
      return Optional.of(e + " in " + done.said());
    }
  }

  /** The agreements in force with those of the draft, copied once for all steps. */
  private Path together(ScenarioFederation stage, Path config, String drafted) {
    Path folder = config.resolveSibling(agency + "-" + drafted.replace('/', '-'));
    Path own = RulesInForce.of(stage.federation().plan(agency)).agreements();
    return Files.exists(folder)
        ? folder
        : Agreements.together(List.of(own, stage.file(drafted)), folder);
  }
}
