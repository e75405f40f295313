package org.entente.gateway.rpc;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.policy.decide.Explanation;
import org.entente.gateway.policy.decide.PolicyDecision;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedAgreement;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.FulfilmentState;

/** Maps explanations of policy decisions to protobuf. Pure. */
public final class ExplanationMapper {
  private ExplanationMapper() {}

  /** The answer of {@code Publisher.Explain}. */
  public static ExplainResponse message(Explanation explanation) {
    ExplainResponse.Builder out =
        ExplainResponse.newBuilder()
            .setPolicyVersion(explanation.policyVersion())
            .setOutcome(outcome(explanation.outcome()))
            .setHeldReason(explanation.held().orElse(""));
    explanation
        .recipients()
        .forEach(one -> out.addRecipients(recipient(one, explanation.outcome(one))));
    explanation.refusals().forEach(one -> out.addRefusals(one.toProto()));
    return out.build();
  }

  /** The obligations that an agency fulfils. */
  public static FulfilmentState fulfilment(AgencyName agency, Fulfilment fulfilment) {
    return FulfilmentState.newBuilder()
        .setAgency(agency.value())
        .setStated(fulfilment.stated())
        .addAllFulfilsValue(fulfilment.numbers())
        .build();
  }

  private static ExplainedOutcome outcome(PolicyDecision.Outcome outcome) {
    return switch (outcome) {
      case ACCEPTED -> ExplainedOutcome.EXPLAINED_OUTCOME_ACCEPTED;
      case HELD -> ExplainedOutcome.EXPLAINED_OUTCOME_HELD;
      case REFUSED -> ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED;
    };
  }

  private static ExplainedRecipient recipient(
      Explanation.Recipient one, PolicyDecision.Outcome outcome) {
    ExplainedRecipient.Builder out =
        ExplainedRecipient.newBuilder()
            .setAgency(one.agency().value())
            .setOutcome(outcome(outcome))
            .setPermittedBy(one.permittedBy().orElse(""))
            .addAllWithheld(one.withheld())
            .setFulfilment(fulfilment(one.agency(), one.fulfils().orElse(Fulfilment.UNSTATED)));
    one.refusal().ifPresent(refusal -> out.setRefusal(refusal.toProto()));
    one.binding()
        .ifPresent(
            it ->
                out.addAllObligations(it.obligations())
                    .setRetentionDays(it.retentionDays())
                    .setFourEyes(it.fourEyes())
                    .setPersonRequired(it.personRequired()));
    one.tried()
        .forEach(
            tried ->
                out.addAgreements(
                    ExplainedAgreement.newBuilder()
                        .setId(tried.agreement())
                        .setTitle(tried.title())
                        .addAllFailed(tried.failed())));
    return out.build();
  }
}
