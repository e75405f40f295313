package org.entente.gateway.policy.codes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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

/** Collects problems, which refuse the rulebook, and warnings, which do not. Used by one thread. */
public final class LintReport {
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
          "desks");

  private final List<ConfigProblem> problems = new ArrayList<>();
  private final List<ConfigProblem> warnings = new ArrayList<>();

  public void problem(ConfigProblem problem) {
    problems.add(problem);
  }

  public void problems(List<ConfigProblem> more) {
    problems.addAll(more);
  }

  public void warning(ConfigProblem warning) {
    warnings.add(warning);
  }

  /** Checks a file for hidden text: people must see everything that decides. */
  public void seen(String file, byte[] content) {
    HiddenTextLint text = new HiddenTextLint(file, new String(content, StandardCharsets.UTF_8));
    problems(text.hidden());
    text.mixed().forEach(this::warning);
  }

  /** Checks a text for people: present, not too long and fully visible. */
  public void text(FieldPositions positions, String field, String text, int most) {
    if (text.isEmpty() || text.length() > most) {
      String valid = "1 to " + most + " characters";
      problem(positions.problem(field, text.length() + " characters", valid));
    }
    TextRule.LINES
        .fault(text)
        .ifPresent(fault -> problem(positions.problem(field, fault.found(), fault.valid())));
  }

  public List<ConfigProblem> problems() {
    return List.copyOf(problems);
  }

  public List<ConfigProblem> warnings() {
    return List.copyOf(warnings);
  }

  /** The condition in a field; empty if it has a problem. */
  public Optional<Condition> condition(
      ExpressionCompiler expressions,
      CodeLists codes,
      FieldPositions positions,
      String field,
      String source) {
    Compilation<Condition> compilation = expressions.condition(source);
    if (compilation instanceof Compilation.Rejected<Condition> rejected) {
      for (ExpressionProblem it : rejected.problems()) {
        String valid =
            it.valid().isEmpty() ? "a CEL bool of label, origin, recipient, now" : it.valid();
        problem(positions.problemInText(field, it.line(), it.toString(), valid));
      }
      return Optional.empty();
    }
    Condition condition = ((Compilation.Compiled<Condition>) compilation).expression();
    List<String> foreign =
        condition.labelFields().stream().filter(GATEWAY_FIELDS::contains).toList();
    if (!foreign.isEmpty()) {
      problem(
          positions.problem(
              field,
              "reads label fields that only gateways set: " + String.join(", ", foreign),
              "fields that clients set, and origin, recipient, now"));
      return Optional.empty();
    }
    return inLists(condition, codes, positions, field) ? Optional.of(condition) : Optional.empty();
  }

  /** Whether every text that the condition compares with a code or name can occur. */
  private boolean inLists(
      Condition condition, CodeLists codes, FieldPositions positions, String field) {
    int before = problems.size();
    for (ComparedText it : condition.compared()) {
      codes
          .validInsteadOf(it.with(), it.text())
          .ifPresent(valid -> problem(neverThere(it, valid, positions, field)));
    }
    return problems.size() == before;
  }

  private static ConfigProblem neverThere(
      ComparedText it, String valid, FieldPositions positions, String field) {
    String why = CodeLists.hasForm(it.with()) ? "its form is wrong" : "no code list contains it";
    String wrong =
        it.with() + " can never be \"" + InvalidValue.printable(it.text()) + "\": " + why;
    ExpressionProblem problem = new ExpressionProblem(it.line(), it.column(), wrong, valid);
    return positions.problemInText(field, problem.line(), problem.toString(), problem.valid());
  }
}
