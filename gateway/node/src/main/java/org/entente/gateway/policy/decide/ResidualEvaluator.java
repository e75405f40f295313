package org.entente.gateway.policy.decide;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.DraftContent;
import org.entente.gateway.policy.check.LabelBodyCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.check.ValidationErrors;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.terms.LabelNotation;
import org.entente.gateway.policy.terms.RecipientContent;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/** Evaluates the rules for one transfer with each value of one label field. */
final class ResidualEvaluator {
  private final RuleEvaluator rules;
  private final DraftTerms terms;
  private final MessageLimits limits;
  private final FieldDescriptor field;
  private final LabelSpace space;

  private ResidualEvaluator(
      RuleEvaluator rules,
      DraftTerms terms,
      MessageLimits limits,
      FieldDescriptor field,
      LabelSpace space) {
    this.rules = rules;
    this.terms = terms;
    this.limits = limits;
    this.field = field;
    this.space = space;
  }

  /** Empty if clients cannot set such a field. */
  static Optional<ResidualEvaluator> of(
      RuleEvaluator rules, DraftTerms terms, Rulebook rulebook, String field) {
    return LabelNotation.field(field)
        .filter(it -> !LintReport.GATEWAY_FIELDS.contains(it.getName()))
        .map(
            it ->
                new ResidualEvaluator(
                    rules,
                    terms,
                    MessageLimits.of(rulebook.codes(), MessageLimits.DEFAULT_MAX_BODY_BYTES),
                    it,
                    LabelSpace.ofField(it, rulebook.conditions().toList(), rulebook.codes())));
  }

  Residual ask(Residual.KnownPart known, AgencyName self, AgencyName recipient, Instant now) {
    Label base = base(known);
    List<Object> all = space.labels(space.size(), 0).map(it -> it.getField(field)).toList();
    Set<Problem> besides = besides(known, base, all, now);
    Map<String, TransferVerdict> verdicts = new LinkedHashMap<>();
    Map<String, List<Object>> values = new LinkedHashMap<>();
    for (Object value : all) {
      Label asked = Residual.with(base, field, value);
      List<Problem> wrong =
          problems(known, asked, now).stream().filter(it -> !besides.contains(it)).toList();
      if (isNoText(value, wrong)) {
        continue;
      }
      TransferVerdict verdict =
          wrong.stream()
              .findFirst()
              .map(it -> invalid(it, recipient, asked))
              .orElseGet(() -> verdict(known, asked, self, recipient, now));
      verdicts.putIfAbsent(verdict.inShort(), verdict);
      values.computeIfAbsent(verdict.inShort(), words -> new ArrayList<>()).add(value);
    }
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

  /**
   * Whether this text from another condition is invalid in this field, whatever the rest of the
   * label says.
   */
  private boolean isNoText(Object value, List<Problem> wrong) {
    String name = "label." + field.getName();
    return field.getJavaType() == JavaType.STRING
        && !value.equals("")
        && wrong.stream()
            .filter(it -> !it.message().endsWith(LabelFieldCheck.BOTH_OR_NEITHER))
            .anyMatch(it -> it.field().equals(name) || it.field().startsWith(name + "["));
  }

  /**
   * The label with defaults for fields that a client may omit; personal data is taken from the
   * client.
   */
  private static Label base(Residual.KnownPart known) {
    Body body = known.body();
    Label label = known.label();
    return body == null
        ? LabelCheck.withDefaults(label)
        : LabelCheck.completed(label, body).toBuilder()
            .setPersonalData(label.getPersonalData())
            .build();
  }

  /** The errors in the rest of the label, whichever value the field has. */
  private Set<Problem> besides(
      Residual.KnownPart known, Label base, List<Object> values, Instant now) {
    Set<Problem> common = new LinkedHashSet<>();
    for (int i = 0; i < values.size(); i++) {
      List<Problem> found = problems(known, Residual.with(base, field, values.get(i)), now);
      if (i == 0) {
        common.addAll(found);
      } else {
        common.retainAll(Set.copyOf(found));
      }
    }
    return common;
  }

  private List<Problem> problems(Residual.KnownPart known, Label label, Instant now) {
    ValidationErrors findings = new ValidationErrors(true);
    new LabelFieldCheck(limits, findings).draft(label, now);
    return Stream.concat(
            findings.list().stream(), LabelBodyCheck.together(label, known.body()).stream())
        .toList();
  }

  /**
   * The verdict for a value that no draft of this kind may have: it is refused before any agreement
   * is tried.
   */
  private static TransferVerdict invalid(Problem problem, AgencyName recipient, Label label) {
    Refusal refusal =
        new Refusal(recipient.value(), problem.code(), problem.field(), problem.message());
    return TransferVerdict.of(new Ruling.Denied(refusal), true, label);
  }

  private TransferVerdict verdict(
      Residual.KnownPart known, Label asked, AgencyName self, AgencyName recipient, Instant now) {
    Transfer transfer = transfer(known, asked, self, recipient, now);
    Label label = transfer.label();
    Ruling ruling = rules.egress(transfer);
    return TransferVerdict.of(
        terms.held(ruling, label, known.person(), known.sources(), recipient, now), true, label);
  }

  private static Transfer transfer(
      Residual.KnownPart known, Label asked, AgencyName self, AgencyName recipient, Instant now) {
    Body body = known.body();
    if (body == null) {
      RecipientContent content =
          known.namesPersons()
              ? RecipientContent.naming(asked, 0)
              : RecipientContent.unseen(asked, 0);
      return new Transfer(asked, 0, self, recipient, now, content);
    }
    Label label = LabelCheck.completed(asked, body);
    return new Transfer(
        label,
        body.getSerializedSize(),
        self,
        recipient,
        now,
        new DraftContent(label, asked.getPersonalData(), body));
  }
}
