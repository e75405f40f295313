package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.proto.v1.Obligation;

/**
 * Explains a decision to people.
 *
 * @param policyVersion version of the policy
 * @param held why a permitted draft waits for a second person; empty if it does not wait
 * @param recipients each agency considered, in the order of addressing
 * @param refusals parts of the addressing that lead to no agency
 */
public record Explanation(
    String policyVersion,
    Optional<String> held,
    List<Recipient> recipients,
    List<Refusal> refusals) {
  public Explanation {
    recipients = List.copyOf(recipients);
    refusals = List.copyOf(refusals);
  }

  /**
   * One agency.
   *
   * @param agency the agency
   * @param refusal why it is refused; empty if it is permitted
   * @param permittedBy id of the agreement that permits it; empty if it is refused
   * @param binding the terms that would bind it and the sender; empty if it is refused
   * @param withheld the fields withheld from it, as its label would name them
   * @param fulfils the obligations that it says it can fulfil; empty if unknown
   * @param tried every agreement: first those that cover the pair, in the order tried, then the
   *     others
   */
  public record Recipient(
      AgencyName agency,
      Optional<Refusal> refusal,
      Optional<String> permittedBy,
      Optional<BindingTerms> binding,
      List<String> withheld,
      Optional<Fulfilment> fulfils,
      List<AgreementTrial> tried) {
    public Recipient {
      withheld = List.copyOf(withheld);
      tried = List.copyOf(tried);
    }
  }

  /**
   * The binding terms of the agreement that permits the draft.
   *
   * @param obligations the recipient's obligations, as its label would name them
   * @param retentionDays days that it may keep the content
   * @param fourEyes whether this agreement requires a second person
   * @param personRequired whether it requires the sending person and a justification
   */
  public record BindingTerms(
      List<Obligation> obligations, int retentionDays, boolean fourEyes, boolean personRequired) {
    public BindingTerms {
      obligations = List.copyOf(obligations);
    }

    static BindingTerms of(Agreement.Obligations it) {
      return new BindingTerms(
          it.ofRecipient(), it.retentionDays(), it.fourEyes(), it.personRequired());
    }
  }

  /**
   * One agreement.
   *
   * @param agreement its id
   * @param title its title
   * @param failed the tests that the label fails, each as {@code field: reason}; none if this
   *     agreement permits it
   */
  public record AgreementTrial(String agreement, String title, List<String> failed) {
    public AgreementTrial {
      failed = List.copyOf(failed);
    }
  }

  /** The outcome of the draft as a whole. */
  public PolicyDecision.Outcome outcome() {
    if (recipients.stream().allMatch(recipient -> recipient.refusal().isPresent())) {
      return PolicyDecision.Outcome.REFUSED;
    }
    return held.isPresent() ? PolicyDecision.Outcome.HELD : PolicyDecision.Outcome.ACCEPTED;
  }

  /** The outcome for one recipient. A draft that is held is held for all. */
  public PolicyDecision.Outcome outcome(Recipient recipient) {
    return recipient.refusal().isPresent() ? PolicyDecision.Outcome.REFUSED : outcome();
  }
}
