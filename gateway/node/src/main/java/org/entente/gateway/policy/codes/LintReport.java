package org.entente.gateway.policy.codes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;

/** Collects problems, which refuse the rulebook, and warnings, which do not. Used by one thread. */
public final class LintReport {
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

  public List<ConfigProblem> problems() {
    return List.copyOf(problems);
  }

  public List<ConfigProblem> warnings() {
    return List.copyOf(warnings);
  }
}
