package org.entente.gateway.policy.codes;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.config.ConfigProblem;

/**
 * Collects problems, which refuse the rulebook, and warnings, which do not. Used by one thread.
 *
 * <p>Problems of members depend on the members and groups of a trust bundle. They are errors for
 * the author of a file. A gateway loads such a file nevertheless, since it refuses exactly the
 * transfers concerned: an agency that joins or leaves must not stop the others.
 */
public final class LintReport {
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final List<ConfigProblem> warnings = new ArrayList<>();
  private final List<ConfigProblem> ofMembers = new ArrayList<>();

  public void problem(ConfigProblem problem) {
    problems.add(problem);
  }

  public void problems(List<ConfigProblem> more) {
    problems.addAll(more);
  }

  public void warning(ConfigProblem warning) {
    warnings.add(warning);
  }

  /** Reports a problem that another trust bundle can cause or resolve. */
  public void ofMembers(ConfigProblem problem) {
    ofMembers.add(problem);
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

  public List<ConfigProblem> ofMembers() {
    return List.copyOf(ofMembers);
  }
}
