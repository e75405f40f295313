package org.entente.gateway.intake;

import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.text.Confusables;
import org.entente.proto.v1.HeldMessage;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the person who reads a held message or decides on it, whatever the agreement:
 * officer and justification, since both stand in the audit log. Who decides is neither the officer
 * nor, unless that is allowed, the client that published it. Pure.
 */
final class FourEyesRule {
  private final LabelCheck check;
  private final boolean sameClient;

  /**
   * Checks of who reads and decides.
   *
   * @param sameClient whether the client that published a message may decide on it
   */
  FourEyesRule(LabelCheck check, boolean sameClient) {
    this.check = check;
    this.sameClient = sameClient;
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

  /**
   * Why a person may not decide on a message through a client, given who published it; or null.
   * Officers are the same where a reader takes their references for the same.
   */
  @Nullable Problem own(HeldMessage message, NodeName client, OnBehalfOf person) {
    if (Confusables.areSame(message.getOnBehalfOf().getOfficer(), person.getOfficer())) {
      return new Problem(
          Code.SECOND_PERSON_REQUIRED,
          "on_behalf_of.officer",
          "found the officer who published the message, or a reference that looks the same; valid"
              + " is another officer, who must decide");
    }
    if (!sameClient && message.getClient().equals(client.value())) {
      return new Problem(
          Code.SECOND_PERSON_REQUIRED,
          "",
          "client "
              + client
              + " published the message; another client with the scope release must decide"
              + " (release.same_client: allowed in the gateway's configuration lets this one)");
    }
    return null;
  }
}
