package org.entente.loadtests.scenario.step;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.Exposition;
import org.entente.loadtests.scenario.action.AnswerPoller;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.ScenarioFederation;
import org.entente.loadtests.scenario.action.StepFindings;

/**
 * Metrics of a gateway reach these values, as monitoring reads them.
 *
 * @param agency whose gateway
 * @param are numbers by metric, as docs/operate/metrics.md has it, with labels of the series to add
 *     up, such as {@code entente_received_total{exercise="true"}}
 */
public record MetricStep(
    @JsonProperty(required = true) String agency,
    @JsonProperty(required = true) Map<String, Long> are)
    implements ScenarioAction {
  private static final Pattern SERIES =
      Pattern.compile("(entente_[a-z_]{1,60})(?:\\{(\\w+=\"[\\w.-]+\"(?:,\\w+=\"[\\w.-]+\")*)})?");

  public MetricStep {
    are = new TreeMap<>(are);
  }

  @Override
  public String word() {
    return "metric";
  }

  @Override
  public void check(ScenarioCheck checking, String field) {
    checking.agency(field + ".agency", agency);
    checking.require(!are.isEmpty(), field + ".are", "an empty list", "one metric or more");
    are.forEach(
        (series, number) -> {
          checking.require(
              SERIES.matcher(series).matches(),
              field + ".are",
              series,
              "such as entente_received_total{exercise=\"true\"}");
          checking.require(number >= 0, field + ".are", series + " is " + number, "0 or more");
        });
  }

  @Override
  public void perform(ScenarioFederation stage, StepFindings findings) throws InterruptedException {
    String admin = stage.federation().plan(agency).admin();
    for (Map.Entry<String, Long> it : are.entrySet()) {
      String expected = agency + " counts " + it.getKey() + " " + it.getValue();
      findings.same(expected, AnswerPoller.until(expected::equals, () -> seen(admin, it.getKey())));
    }
  }

  private String seen(String admin, String series) throws InterruptedException {
    Matcher matcher = SERIES.matcher(series);
    if (!matcher.matches()) {
      throw new IllegalStateException("checked before: " + series);
    }
    String labels = matcher.group(2);
    OptionalLong number =
        Exposition.labelled(
            admin, matcher.group(1), labels == null ? List.of() : List.of(labels.split(",", -1)));
    return agency
        + " counts "
        + series
        + " "
        + (number.isPresent() ? number.getAsLong() : "(unknown)");
  }
}
