package org.entente.gateway.policy.analysis;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.Explanation;

/**
 * What came of expectations.
 *
 * @param policyVersion version of the policy that was asked
 * @param results each message at each recipient, in the order of the files
 * @param clauses what of the rulebook they reached
 */
public record ExpectationReport(
    String policyVersion, List<Result> results, List<ClauseCoverage.Clause> clauses) {
  public ExpectationReport {
    results = List.copyOf(results);
    clauses = List.copyOf(clauses);
  }

  /**
   * One message at one recipient.
   *
   * @param file where the expectation stands
   * @param line on which line, from 1
   * @param name what people call it
   * @param from who sends
   * @param to who would receive
   * @param met whether it came as expected
   * @param expected what was expected, in words
   * @param found what came, in words
   * @param tried what each agreement said; empty where the expectation is met
   */
  public record Result(
      String file,
      int line,
      String name,
      AgencyName from,
      AgencyName to,
      boolean met,
      String expected,
      String found,
      List<Explanation.AgreementTrial> tried) {
    public Result {
      tried = List.copyOf(tried);
    }
  }

  /** Those that came otherwise. */
  public List<Result> failed() {
    return results.stream().filter(result -> !result.met()).toList();
  }
}
