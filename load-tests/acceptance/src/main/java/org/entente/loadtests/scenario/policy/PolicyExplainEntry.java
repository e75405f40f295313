package org.entente.loadtests.scenario.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.gateway.policy.decide.Residual;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.loadtests.scenario.action.ProtoFields;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.loadtests.scenario.action.StepFindings;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Label;

/**
 * The conditions on one unknown label field on which a decision depends, as {@code policy explain
 * --unknown} shows them.
 *
 * @param label the other fields
 * @param to recipients
 * @param unknown the field
 * @param type its type, such as {@code bool}
 * @param residual by recipient and condition on that field, the decision: exactly these
 */
public record PolicyExplainEntry(
    @JsonProperty(required = true) Map<String, Object> label,
    @JsonProperty(required = true) List<String> to,
    @JsonProperty(required = true) String unknown,
    @JsonProperty(required = true) String type,
    @JsonProperty(required = true) Map<String, Map<String, String>> residual) {
  /** Fields that gateways set, not clients. */
  private static final Set<String> GATEWAYS = Set.of("agreement", "redacted");

  public PolicyExplainEntry {
    label = new LinkedHashMap<>(label);
    to = List.copyOf(to);
    residual = new TreeMap<>(residual);
  }

  void check(ScenarioCheck checking, String field) {
    ProtoFields.check(checking, field + ".label", Label.newBuilder(), label);
    checking.require(!to.isEmpty(), field + ".to", "an empty list", "one agency or more");
    for (int i = 0; i < to.size(); i++) {
      checking.agency(field + ".to[" + i + "]", to.get(i));
    }
    Set<String> askable = new TreeSet<>(LabelNotation.names());
    askable.removeAll(GATEWAYS);
    checking.oneOf(field + ".unknown", askable, unknown);
    checking.require(
        residual.keySet().equals(new TreeSet<>(to)),
        field + ".residual",
        "is of " + residual.keySet(),
        "the decision at each of " + to);
  }

  Label written() {
    return ProtoFields.fill(Label.newBuilder(), label).build();
  }

  Addressing addressing() {
    return Addressing.newBuilder().addAllAgencies(to).build();
  }

  public void compare(List<Residual> residuals, StepFindings findings) {
    Map<String, String> expected = new TreeMap<>();
    residual.forEach((agency, branches) -> expected.put(agency, words(type, branches)));
    Map<String, String> seen = new TreeMap<>();
    for (Residual it : residuals) {
      Map<String, String> branches = new TreeMap<>();
      it.branches().forEach(one -> branches.put(one.condition(), one.verdict().inShort()));
      seen.put(it.recipient().value(), words(it.type(), branches));
    }
    findings.same(
        "depending on " + unknown + " " + expected, "depending on " + unknown + " " + seen);
  }

  private static String words(String type, Map<String, String> branches) {
    return "(" + type + ") " + new TreeMap<>(branches);
  }
}
