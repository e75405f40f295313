package org.entente.gateway.intake;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.Policy;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Permit;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the person who reads a held message or decides on it: an officer always, a
 * justification of a denial and where an agreement asks for it. Pure but for the policy in force.
 */
final class SecondPerson {
  private final LabelCheck check;
  private final Supplier<Policy> policy;

  SecondPerson(LabelCheck check, Supplier<Policy> policy) {
    this.check = check;
    this.policy = policy;
  }

  /** Why a decision cannot be taken as it is said, whatever it is about; or null. */
  @Nullable Problem problem(Verdict verdict, OnBehalfOf person) {
    if (verdict != Verdict.VERDICT_RELEASE && verdict != Verdict.VERDICT_DENY) {
      return new Problem(Code.INVALID_FIELD, "verdict", "must be VERDICT_RELEASE or VERDICT_DENY");
    }
    Problem problem = problem(person);
    if (problem == null && verdict == Verdict.VERDICT_DENY && person.getJustification().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD, "on_behalf_of.justification", "must say why it must not go");
    }
    return problem;
  }

  /** Why nothing is shown to a person, whatever it is; or null. */
  @Nullable Problem problem(OnBehalfOf person) {
    List<Problem> problems = check.person(person);
    if (!problems.isEmpty()) {
      return problems.get(0);
    }
    return person.getOfficer().isBlank()
        ? new Problem(
            Code.INVALID_FIELD,
            "on_behalf_of.officer",
            "must name the officer who reads or decides")
        : null;
  }

  /** What an agreement under which a message would go asks of the person, and was not said. */
  @Nullable Problem unsaid(HeldMessage message, OnBehalfOf person) {
    return person.getJustification().isBlank()
        ? PersonAsked.by(policy.get(), message.getPermitsList().stream().map(Permit::getAgreement))
        : null;
  }

  /** Whether two name the same officer, however it is written. */
  static boolean isSame(OnBehalfOf one, OnBehalfOf other) {
    return name(one).equals(name(other));
  }

  private static String name(OnBehalfOf person) {
    return person.getOfficer().strip().toLowerCase(Locale.ROOT);
  }
}
