package org.entente.gateway.policy.load;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.codes.CodeLists;
import org.entente.gateway.policy.codes.FileLint;
import org.entente.gateway.policy.terms.NodeRule;
import org.entente.gateway.policy.terms.NodeRule.NodeRulesFile;
import org.entente.gateway.policy.terms.NodeRule.RuleFile;
import org.jspecify.annotations.Nullable;

/** Converts the file of a node's rules to rules, in the order of the file. */
public final class NodeRulesLint {
  private static final int MAX_RULES = 256;

  private final FileLint file;
  private final ExpressionCompiler expressions;
  private final @Nullable CodeLists codes;

  /**
   * A conversion.
   *
   * @param codes null if they are unknown: then what is compared with them is not checked
   */
  public NodeRulesLint(FileLint file, ExpressionCompiler expressions, @Nullable CodeLists codes) {
    this.file = file;
    this.expressions = expressions;
    this.codes = codes;
  }

  public List<NodeRule> lint(NodeRulesFile written) {
    List<NodeRule> rules = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    if (written.rules().size() > MAX_RULES) {
      file.wrong("rules", written.rules().size() + " rules", "at most " + MAX_RULES);
      return rules;
    }
    for (int i = 0; i < written.rules().size(); i++) {
      String field = "rules[" + i + "]";
      RuleFile rule = written.rules().get(i);
      if (rule == null) {
        file.wrong(field, "nothing", "a rule");
      } else if (!LabelFieldCheck.AGREEMENT_ID.matcher(rule.id()).matches()
          || !ids.add(rule.id())) {
        file.wrong(
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
    file.text(field + ".reason", rule.reason(), NodeRule.MAX_REASON);
    String deny = rule.denyIf();
    String allow = rule.allowOnlyIf();
    if ((deny == null) == (allow == null)) {
      file.wrong(field, "both or none of deny_if, allow_only_if", "exactly one");
      return;
    }
    String place = field + (deny != null ? ".deny_if" : ".allow_only_if");
    String source = deny != null ? deny : String.valueOf(allow);
    file.condition(expressions, codes, place, source)
        .ifPresent(
            condition ->
                rules.add(
                    new NodeRule(rule.id(), rule.when(), deny != null, condition, rule.reason())));
  }
}
