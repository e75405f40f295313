package org.entente.gateway.feature.release;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.SecondPersonRule;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The four-eyes rule: a person who reads or decides on a held message must name officer and
 * justification, under any agreement, since both are recorded in the audit log. The deciding
 * officer must differ from the publishing one, and so must the client unless the configuration
 * allows the same. Pure.
 */
final class FourEyesRule {
  private final LabelCheck check;
  private final SecondPersonRule second;

  /**
   * Checks readers and decisions.
   *
   * @param sameClient whether the publishing client may also decide
   */
  FourEyesRule(LabelCheck check, boolean sameClient) {
    this.check = check;
    this.second = new SecondPersonRule("published the message", "release", sameClient);
  }

  /** Why a decision is invalid, whichever message it concerns; null if it is valid. */
  @Nullable Problem problem(Verdict verdict, OnBehalfOf person) {
    return switch (verdict) {
      case VERDICT_RELEASE -> problem(person, "must say why the message may be released");
      case VERDICT_DENY -> problem(person, "must say why the message must not be released");
      case VERDICT_UNSPECIFIED, UNRECOGNIZED ->
          new Problem(Code.INVALID_FIELD, "verdict", "must be VERDICT_RELEASE or VERDICT_DENY");
    };
  }

  /** Why a person may not read held messages; null if the person may. */
  @Nullable Problem problem(OnBehalfOf person) {
    return problem(person, "must say why the message is read");
  }

  private @Nullable Problem problem(OnBehalfOf person, String unsaid) {
    Optional<Problem> problem = check.person(person);
    if (problem.isPresent()) {
      return problem.get();
    }
    if (person.getOfficer().isBlank()) {
      return new Problem(
          Code.INVALID_FIELD, "on_behalf_of.officer", "must name the officer who reads or decides");
    }
    return person.getJustification().isBlank()
        ? new Problem(Code.INVALID_FIELD, "on_behalf_of.justification", unsaid)
        : null;
  }

  /**
   * Why a person may not decide on a message through a client, given who published it; null if the
   * person may. Officer references that a reader could confuse count as the same.
   */
  @Nullable Problem own(HeldMessage message, NodeName client, OnBehalfOf person) {
    return second
        .problem(
            message.getOnBehalfOf().getOfficer(), message.getClient(), client, person.getOfficer())
        .orElse(null);
  }
}
