package org.entente.gateway.intake;

import java.util.List;
import java.util.Locale;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.LabelCheck;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the person who reads a held message or decides on it, whatever the agreement:
 * officer and justification, since both stand in the audit log. Pure.
 */
final class SecondPerson {
  private final LabelCheck check;

  SecondPerson(LabelCheck check) {
    this.check = check;
  }

  /** Why a decision cannot be taken as it is said, whatever it is about; or null. */
  @Nullable Problem problem(Verdict verdict, OnBehalfOf person) {
    return switch (verdict) {
      case VERDICT_RELEASE -> problem(person, "must say why it may go");
      case VERDICT_DENY -> problem(person, "must say why it must not go");
      case VERDICT_UNSPECIFIED, UNRECOGNIZED ->
          new Problem(Code.INVALID_FIELD, "verdict", "must be VERDICT_RELEASE or VERDICT_DENY");
    };
  }

  /** Why nothing is shown to a person, whatever it is; or null. */
  @Nullable Problem problem(OnBehalfOf person) {
    return problem(person, "must say why it is read");
  }

  private @Nullable Problem problem(OnBehalfOf person, String unsaid) {
    List<Problem> problems = check.person(person);
    if (!problems.isEmpty()) {
      return problems.get(0);
    }
    if (person.getOfficer().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD, "on_behalf_of.officer", "must name the officer who reads or decides");
    }
    return person.getJustification().isBlank()
        ? new Problem(Code.INVALID_FIELD, "on_behalf_of.justification", unsaid)
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
