package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;
import org.jspecify.annotations.Nullable;

/**
 * A metric of a gateway reaches a value, as monitoring reads it.
 *
 * @param agency whose gateway
 * @param name of the metric, as docs/operate/metrics.md has it
 * @param labels labels of the series to add up; all series of that name if absent
 * @param is the number
 */
public record MetricStep(
    @JsonProperty(required = true) String agency,
    @JsonProperty(required = true) String name,
    @Nullable Map<String, String> labels,
    @JsonProperty(required = true) Long is)
    implements ScenarioAction {
  private static final Pattern NAME = Pattern.compile("entente_[a-z_]{1,60}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{1,80}");
  private static final long BETWEEN_MILLIS = 50;

  @Override
  public String word() {
    return "metric";
  }

  private Map<String, String> wanted() {
    return labels == null ? Map.of() : new TreeMap<>(labels);
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(
        NAME.matcher(name).matches(), field + ".name", "\"" + name + "\"", "entente_ and a-z _");
    checking.require(is >= 0, field + ".is", "is " + is, "0 or more");
    wanted()
        .forEach(
            (label, value) ->
                checking.require(
                    VALUE.matcher(value).matches(),
                    field + ".labels." + label,
                    "\"" + value + "\"",
                    "letters, digits, dots, hyphens and underscores"));
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    String admin = stage.federation().plan(agency).admin();
    List<String> asked =
        wanted().entrySet().stream().map(it -> it.getKey() + "=\"" + it.getValue() + "\"").toList();
    long deadline = System.nanoTime() + ScenarioFederation.PATIENCE.toNanos();
    OptionalLong seen = Exposition.labelled(admin, name, asked);
    while (!(seen.isPresent() && seen.getAsLong() == is) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_MILLIS);
      seen = Exposition.labelled(admin, name, asked);
    }
    String what = agency + " counts " + name + wanted() + " ";
    findings.same(what + is, what + (seen.isPresent() ? seen.getAsLong() : "(unknown)"));
  }
}
