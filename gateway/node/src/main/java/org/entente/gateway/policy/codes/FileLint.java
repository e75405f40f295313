package org.entente.gateway.policy.codes;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.cel.ComparedText;
import org.entente.gateway.cel.Compilation;
import org.entente.gateway.cel.Condition;
import org.entente.gateway.cel.ExpressionCompiler;
import org.entente.gateway.cel.ExpressionProblem;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.text.TextRule;
import org.jspecify.annotations.Nullable;

/**
 * Reports what is wrong in one file. Used by one thread.
 *
 * @param report of all files
 * @param positions of the file's fields
 */
public record FileLint(LintReport report, FieldPositions positions) {
  /** Fields that only gateways set; they differ between sender and recipient or carry no fact. */
  public static final Set<String> GATEWAY_FIELDS =
      Set.of(
          "message_id",
          "origin",
          "created_at",
          "agreement",
          "expires_at",
          "retention_days",
          "obligations",
          "operation_id",
          "operation_epoch",
          "operation_roster_hash",
          "addressed",
          "addressees",
          "redacted",
          "desks",
          "traceparent");

  /** Reports a problem of a field. */
  public void wrong(String field, String wrong, String valid) {
    report.problem(positions.problem(field, wrong, valid));
  }

  /** Warns about a field. */
  public void warn(String field, String wrong, String valid) {
    report.warning(positions.problem(field, wrong, valid));
  }

  /** Reports a problem of a field that another trust bundle can cause or resolve. */
  public void ofMembers(String field, String wrong, String valid) {
    report.ofMembers(positions.problem(field, wrong, valid));
  }

  /** The number of problems in all files so far, without those of members. */
  public int problems() {
    return report.problems().size();
  }

  /** Checks a text for people: present, not too long and fully visible. */
  public void text(String field, String text, int most) {
    if (text.isEmpty() || text.length() > most) {
      String valid = "1 to " + most + " characters";
      wrong(field, text.length() + " characters", valid);
    }
    TextRule.LINES.fault(text).ifPresent(fault -> wrong(field, fault.found(), fault.valid()));
  }

  /**
   * The condition in a field; empty if it has a problem.
   *
   * @param codes null if they are unknown: then what is compared with them is not checked
   */
  public Optional<Condition> condition(
      ExpressionCompiler expressions, @Nullable CodeLists codes, String field, String source) {
    Compilation<Condition> compilation = expressions.condition(source);
    if (compilation instanceof Compilation.Rejected<Condition> rejected) {
      for (ExpressionProblem it : rejected.problems()) {
        String valid =
            it.valid().isEmpty() ? "a CEL bool of label, origin, recipient, now" : it.valid();
        report.problem(positions.problemInText(field, it.line(), it.toString(), valid));
      }
      return Optional.empty();
    }
    Condition condition = ((Compilation.Compiled<Condition>) compilation).expression();
    List<String> foreign =
        condition.labelFields().stream().filter(GATEWAY_FIELDS::contains).toList();
    if (!foreign.isEmpty()) {
      wrong(
          field,
          "reads label fields that only gateways set: " + String.join(", ", foreign),
          "fields that clients set, and origin, recipient, now");
      return Optional.empty();
    }
    return codes == null || inLists(condition, codes, field)
        ? Optional.of(condition)
        : Optional.empty();
  }

  /** Whether every text that the condition compares with a code or name can occur. */
  private boolean inLists(Condition condition, CodeLists codes, String field) {
    int before = problems();
    for (ComparedText it : condition.compared()) {
      codes
          .validInsteadOf(it.with(), it.text())
          .ifPresent(valid -> report.problem(neverThere(it, valid, field)));
    }
    return problems() == before;
  }

  private ConfigProblem neverThere(ComparedText it, String valid, String field) {
    String why = CodeLists.hasForm(it.with()) ? "its form is wrong" : "no code list contains it";
    String wrong =
        it.with() + " can never be \"" + InvalidValue.printable(it.text()) + "\": " + why;
    ExpressionProblem problem = new ExpressionProblem(it.line(), it.column(), wrong, valid);
    return positions.problemInText(field, problem.line(), problem.toString(), problem.valid());
  }
}
