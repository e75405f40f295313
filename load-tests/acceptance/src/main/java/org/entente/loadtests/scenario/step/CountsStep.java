package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's counters reach these values, separately for exercises and actual traffic.
 *
 * @param agency whose gateway
 * @param exercise what it counts of exercises: number by counter
 * @param actual the same of actual traffic
 */
public record CountsStep(
    @JsonProperty(required = true) String agency,
    @Nullable Map<String, Integer> exercise,
    @Nullable Map<String, Integer> actual)
    implements ScenarioAction {
  /** Counters with a label for exercises. */
  private static final List<String> COUNTERS =
      List.of("delivered", "published", "received", "scores", "watch_hits");

  @Override
  public String word() {
    return "counts";
  }

  private static Map<String, Integer> orNone(@Nullable Map<String, Integer> counts) {
    return counts == null ? Map.of() : new TreeMap<>(counts);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        exercise != null || actual != null, field, "expects nothing", "exercise, actual or both");
    for (Map<String, Integer> counts : List.of(orNone(exercise), orNone(actual))) {
      counts.forEach(
          (name, number) -> {
            checking.require(
                COUNTERS.contains(name), field, "counter " + name, "one of " + COUNTERS);
            checking.require(number >= 0, field, name + " " + number, "0 or more");
          });
    }
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    String admin = stage.federation().plan(agency).admin();
    String expected =
        agency + " counts exercises " + orNone(exercise) + ", actual traffic " + orNone(actual);
    findings.same(expected, patiently(admin, expected));
  }

  /** Polls until the counters have these values: a delivery may not be counted yet. */
  private String patiently(String admin, String expected) throws InterruptedException {
    long deadline = System.nanoTime() + ScenarioFederation.PATIENCE.toNanos();
    String seen = seen(admin);
    while (!seen.equals(expected) && System.nanoTime() < deadline) {
      seen = seen(admin);
    }
    return seen;
  }

  private String seen(String admin) throws InterruptedException {
    return agency
        + " counts exercises "
        + counted(admin, true, orNone(exercise))
        + ", actual traffic "
        + counted(admin, false, orNone(actual));
  }

  private static String counted(String admin, boolean exercise, Map<String, Integer> wanted)
      throws InterruptedException {
    String label = "exercise=\"" + exercise + "\"";
    List<String> words = new ArrayList<>();
    for (String name : wanted.keySet()) {
      OptionalLong number = Exposition.labelled(admin, "entente_" + name + "_total", label);
      words.add(name + "=" + (number.isPresent() ? number.getAsLong() : "(unknown)"));
    }
    return "{" + String.join(", ", words) + "}";
  }
}
