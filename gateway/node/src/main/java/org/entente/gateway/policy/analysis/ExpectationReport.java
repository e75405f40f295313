package org.entente.gateway.policy.analysis;

import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.decide.Explanation;

/**
 * The results of expectations.
 *
 * @param policyVersion version of the policy evaluated
 * @param results each message at each recipient, in the order of the files
 * @param clauses the clauses of the rulebook with their counts
 */
public record ExpectationReport(
    String policyVersion, List<Result> results, List<ClauseCoverage.Clause> clauses) {
  public ExpectationReport {
    results = List.copyOf(results);
    clauses = List.copyOf(clauses);
  }

  /**
   * The result for one message at one recipient.
   *
   * @param file file of the expectation
   * @param line its line, from 1
   * @param name its name
   * @param from the sender
   * @param to the possible recipient
   * @param met whether the result was as expected
   * @param expected the expected result in words
   * @param found the actual result in words
   * @param tried the result of each agreement; empty if the expectation is met
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

  /** The results that were not as expected. */
  public List<Result> failed() {
    return results.stream().filter(result -> !result.met()).toList();
  }
}
