package org.entente.gateway.policy.check;

import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.text.Confusables;

/**
 * Four eyes: the officer of the second act must differ from that of the first, and so must the
 * client, unless the configuration allows the same. Officer references that a reader could confuse
 * count as the same. Pure.
 *
 * @param did what the first one did, as in "published the message"
 * @param scope of clients that may do the second act
 * @param sameClient whether the client of the first act may do the second
 */
public record SecondPersonRule(String did, String scope, boolean sameClient) {
  /**
   * Why an act is not that of a second person; empty if it is.
   *
   * @param officer who did the first act
   * @param client through which client
   */
  public Optional<Problem> problem(
      String officer, String client, NodeName secondClient, String secondOfficer) {
    if (Confusables.areSame(officer, secondOfficer)) {
      return Optional.of(
          new Problem(
              Code.SECOND_PERSON_REQUIRED,
              "on_behalf_of.officer",
              ("found the officer who %s, or a reference that looks the same; valid is another"
                      + " officer, who must decide")
                  .formatted(did)));
    }
    return !sameClient && client.equals(secondClient.value())
        ? Optional.of(
            new Problem(
                Code.SECOND_PERSON_REQUIRED,
                "",
                ("client %s %s; another client with the scope %s must decide (release.same_client:"
                        + " allowed in the gateway's configuration lets this one)")
                    .formatted(client, did, scope)))
        : Optional.empty();
  }
}
