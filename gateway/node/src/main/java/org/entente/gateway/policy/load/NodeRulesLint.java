package org.entente.gateway.policy.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.LintReport;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.NodeRule.NodeRulesFile;
import org.entente.gateway.policy.terms.NodeRule.RuleFile;

/** Converts the file of a node's rules to rules, in the order of the file. */
public final class NodeRulesLint {
  private static final int MAX_RULES = 256;

  private final FieldPositions positions;
  private final ExpressionCompiler expressions;
  private final CodeLists codes;
  private final LintReport report;

  public NodeRulesLint(
      FieldPositions positions,
      ExpressionCompiler expressions,
      CodeLists codes,
      LintReport report) {
    this.positions = positions;
    this.expressions = expressions;
    this.codes = codes;
    this.report = report;
  }

  public List<NodeRule> lint(NodeRulesFile file) {
    List<NodeRule> rules = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    if (file.rules().size() > MAX_RULES) {
      wrong("rules", file.rules().size() + " rules", "at most " + MAX_RULES);
      return rules;
    }
    for (int i = 0; i < file.rules().size(); i++) {
      String field = "rules[" + i + "]";
      RuleFile rule = file.rules().get(i);
      if (rule == null) {
        wrong(field, "nothing", "a rule");
      } else if (!LabelFieldCheck.AGREEMENT_ID.matcher(rule.id()).matches()
          || !ids.add(rule.id())) {
        wrong(
            field + ".id",
            "\"" + InvalidValue.printable(rule.id()) + "\"",
            "1 to 64 characters of a-z 0-9 and -, each once");
      } else {
        rule(field, rule, rules);
      }
    }
    return rules;
  }

  private void rule(String field, RuleFile rule, List<NodeRule> rules) {
    report.text(positions, field + ".reason", rule.reason(), NodeRule.MAX_REASON);
    String deny = rule.denyIf();
    String allow = rule.allowOnlyIf();
    if ((deny == null) == (allow == null)) {
      wrong(field, "both or none of deny_if, allow_only_if", "exactly one");
      return;
    }
    String place = field + (deny != null ? ".deny_if" : ".allow_only_if");
    String source = deny != null ? deny : String.valueOf(allow);
    report
        .condition(expressions, codes, positions, place, source)
        .ifPresent(
            condition ->
                rules.add(
                    new NodeRule(rule.id(), rule.when(), deny != null, condition, rule.reason())));
  }

  private void wrong(String field, String wrong, String valid) {
    report.problem(positions.problem(field, wrong, valid));
  }
}
