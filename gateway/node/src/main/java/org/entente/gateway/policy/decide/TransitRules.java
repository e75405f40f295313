package org.entente.gateway.policy.decide;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.Membership;

/**
 * The rules of a transit: it judges header facts only, since it can read nothing else. Pure; safe
 * for use by several threads.
 */
public final class TransitRules {
  private final Membership membership;

  TransitRules(Membership membership) {
    this.membership = membership;
  }

  /**
   * The header facts of one envelope on its way to one recipient.
   *
   * @param origin the header's origin
   * @param recipient the stanza's recipient
   * @param lane the header's lane
   * @param exercise the header's exercise flag
   * @param bytes size of the whole envelope
   * @param path agencies that carried it, origin first
   */
  public record HeaderFacts(
      AgencyName origin,
      AgencyName recipient,
      Lane lane,
      boolean exercise,
      long bytes,
      List<AgencyName> path) {
    public HeaderFacts {
      path = List.copyOf(path);
    }
  }

  /**
   * A transit's limits.
   *
   * @param maxBytes largest envelope
   * @param lanes lanes that it carries
   * @param exercise whether it carries training traffic
   * @param maxHops most agencies that may have carried an envelope, its origin included
   */
  public record Limits(long maxBytes, Set<Lane> lanes, boolean exercise, int maxHops) {
    public Limits {
      lanes = Set.copyOf(lanes);
    }

    /** 16 MiB, every lane, training too, four hops. */
    public static Limits defaults() {
      return new Limits(16L << 20, Set.copyOf(Lane.all()), true, 4);
    }
  }

  /** Why {@code self} does not forward an envelope; empty if it does. */
  public Optional<Refusal> judge(HeaderFacts facts, AgencyName self, Limits limits) {
    if (!membership.isTransit(self)) {
      return refused(facts, Code.NO_ROUTE, "role", self + " is no transit");
    }
    if (!membership.agencies().contains(facts.origin())) {
      return refused(
          facts, Code.UNKNOWN_PEER, "origin", facts.origin() + " is no member of the federation");
    }
    if (!membership.agencies().contains(facts.recipient())) {
      return refused(
          facts,
          Code.UNKNOWN_RECIPIENT,
          "recipient",
          facts.recipient() + " is no member of the federation");
    }
    if (facts.origin().equals(facts.recipient()) || facts.path().contains(self)) {
      return refused(
          facts,
          Code.ROUTING_LOOP,
          "path",
          "the envelope would loop back to an agency that already carried it");
    }
    return carried(facts, limits);
  }

  private static Optional<Refusal> carried(HeaderFacts facts, Limits limits) {
    if (facts.path().size() > limits.maxHops()) {
      return refused(
          facts, Code.ROUTING_LOOP, "hops", "more than " + limits.maxHops() + " carriers");
    }
    if (!limits.lanes().contains(facts.lane())) {
      return refused(
          facts, Code.NO_ROUTE, "lane", "lane " + facts.lane() + " is not carried by this transit");
    }
    if (facts.exercise() && !limits.exercise()) {
      return refused(
          facts, Code.NO_ROUTE, "exercise", "training traffic is not carried by this transit");
    }
    if (facts.bytes() > limits.maxBytes()) {
      return refused(
          facts, Code.TOO_LARGE, "bytes", facts.bytes() + " bytes; at most " + limits.maxBytes());
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refused(
      HeaderFacts facts, Code code, String rule, String reason) {
    return Optional.of(new Refusal(facts.recipient().value(), code, "transit/" + rule, reason));
  }
}
