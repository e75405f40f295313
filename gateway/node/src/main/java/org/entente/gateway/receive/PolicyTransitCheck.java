package org.entente.gateway.receive;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.gateway.policy.decide.TransitRules;
import org.entente.gateway.seal.format.EnvelopeFacts;

/**
 * Checks envelopes that this node carries for others: header facts and membership, by the policy in
 * force.
 */
public final class PolicyTransitCheck implements TransitCheck {
  private static final int MAX_HOPS = 4;

  private final AgencyName self;
  private final RulebookHolder policy;
  private final TransitRules.Limits limits;

  public PolicyTransitCheck(AgencyName self, RulebookHolder policy, NodeConfig.Limits limits) {
    this.self = self;
    this.policy = policy;
    // An envelope is bounded by what is sealed together, and one message may be as large.
    long maxBytes = 2L * Math.max(limits.envelopeBytes(), limits.messageBytes()) + (1 << 20);
    this.limits = new TransitRules.Limits(maxBytes, EnumSet.allOf(Lane.class), true, MAX_HOPS);
  }

  @Override
  public Optional<Refusal> refusal(EnvelopeFacts facts, AgencyName recipient, int size) {
    return policy
        .current()
        .transit()
        .judge(
            new TransitRules.HeaderFacts(
                facts.origin(),
                recipient,
                facts.lane(),
                facts.exercise(),
                size,
                List.of(facts.origin())),
            self,
            limits);
  }
}
