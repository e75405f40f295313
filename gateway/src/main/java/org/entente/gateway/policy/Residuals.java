package org.entente.gateway.policy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Label;

/** Asks rules about one transfer with each value of one field of its label. */
final class Residuals {
  private final Rules rules;
  private final FieldDescriptor field;
  private final LabelSpace space;

  private Residuals(Rules rules, FieldDescriptor field, LabelSpace space) {
    this.rules = rules;
    this.field = field;
    this.space = space;
  }

  /** Empty if no client sets such a field. */
  static Optional<Residuals> of(Rules rules, Rulebook rulebook, String field) {
    return LabelWords.field(field)
        .filter(it -> !LintReport.GATEWAY_FIELDS.contains(it.getName()))
        .map(
            it -> new Residuals(rules, it, LabelSpace.ofField(it, rulebook.conditions().toList())));
  }

  Residual ask(Label label, AgencyName self, AgencyName recipient, Instant now) {
    Label base = LabelCheck.withDefaults(label);
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    Map<String, List<Object>> values = new LinkedHashMap<>();
    space
        .labels(space.size(), 0)
        .map(it -> it.getField(field))
        .forEach(
            value -> {
              Label asked = Residual.with(base, field, value);
              Verdict verdict =
                  Verdict.of(
                      rules.egress(new Transfer(asked, 0, self, recipient, now)), true, asked);
              verdicts.putIfAbsent(verdict.inShort(), verdict);
              values.computeIfAbsent(verdict.inShort(), words -> new ArrayList<>()).add(value);
            });
    List<Residual.Branch> branches = new ArrayList<>();
    verdicts.forEach(
        (words, verdict) ->
            branches.add(
                new Residual.Branch(
                    verdicts.size() == 1
                        ? "true"
                        : Residual.condition(field, values.getOrDefault(words, List.of())),
                    verdict)));
    return new Residual(
        recipient, field.getName(), Residual.type(field), branches, space.isWhole());
  }
}
