package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * A rulebook applied to a membership, with the obligations that its agencies can fulfil: all that a
 * decision needs until one of them changes. Immutable except for its cache of rulings, which never
 * changes a decision. Safe for use by several threads.
 */
public final class Policy {
  /** Default number of cached rulings. */
  public static final int DEFAULT_CACHE_ENTRIES = 20_000;

  private final Rulebook rulebook;
  private final Membership membership;
  private final FulfilmentSnapshot fulfilments;
  private final ExerciseRetention exercises;
  private final PolicyStamp stamp;
  private final RulingCache cache;
  private final RuleEvaluator rules;
  private final GatewayMessages messages;
  private final RosterMessages rosters;
  private final ClassificationCheck classification;
  private final EgressPolicy egress;
  private final IngressPolicy ingress;

  /** A policy for agencies that have declared no fulfilments. */
  public Policy(Rulebook rulebook, Membership membership, int cacheEntries) {
    this(rulebook, membership, FulfilmentSnapshot.UNKNOWN, cacheEntries);
  }

  /** A policy without special retention for training traffic. */
  public Policy(
      Rulebook rulebook, Membership membership, FulfilmentSnapshot fulfilments, int cacheEntries) {
    this(rulebook, membership, fulfilments, ExerciseRetention.NONE, cacheEntries);
  }

  /**
   * Applies a rulebook to a membership.
   *
   * @param fulfilments the obligations that its agencies declare they can fulfil
   * @param exercises how long recipients may keep what this agency sends as training
   * @param cacheEntries most rulings to cache, each well under a kilobyte
   */
  public Policy(
      Rulebook rulebook,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention exercises,
      int cacheEntries) {
    this(rulebook, membership, fulfilments, exercises, cacheEntries, 0);
  }

  /** A policy with the given generation number. */
  Policy(
      Rulebook rulebook,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention exercises,
      int cacheEntries,
      long generation) {
    this(
        rulebook,
        membership,
        fulfilments,
        exercises,
        new PolicyStamp(rulebook.version(), generation),
        new RuleEvaluator(rulebook, membership),
        new RulingCache(new RulingFacts(rulebook), cacheEntries));
  }

  private Policy(
      Rulebook rulebook,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention exercises,
      PolicyStamp stamp,
      RuleEvaluator rules,
      RulingCache cache) {
    this.stamp = stamp;
    this.fulfilments = fulfilments;
    this.exercises = exercises;
    this.rulebook = rulebook;
    this.membership = membership;
    this.rules = rules;
    this.classification = new ClassificationCheck(rulebook.codes(), membership);
    this.cache = cache;
    this.messages = new GatewayMessages(membership, stamp);
    this.rosters = new RosterMessages(rules, membership, messages);
    DraftTerms terms =
        new DraftTerms(rules, membership, rulebook.codes().sharing(), fulfilments, exercises);
    this.egress = new EgressPolicy(rules, membership, cache, terms, rosters, fulfilments, stamp);
    this.ingress =
        new IngressPolicy(rules, membership, fulfilments, cache, rosters, rulebook.version());
  }

  /**
   * The same policy with other declared fulfilments. It keeps the cached rulings: declarations are
   * checked after a ruling and are no part of one.
   */
  Policy with(FulfilmentSnapshot others) {
    return new Policy(rulebook, membership, others, exercises, stamp, rules, cache);
  }

  /** The rulebook. */
  public Rulebook rulebook() {
    return rulebook;
  }

  /** The membership. */
  public Membership membership() {
    return membership;
  }

  /** The obligations that agencies declare they can fulfil. */
  public FulfilmentSnapshot fulfilments() {
    return fulfilments;
  }

  /**
   * Why a recipient can no longer be sent a message that waits under an agreement: it now declares
   * that it does not fulfil one of the obligations. Empty if it does, or if there is no such
   * agreement.
   */
  public Optional<Refusal> unfulfilled(String agreement, AgencyName recipient) {
    return rulebook
        .agreement(agreement)
        .flatMap(it -> ObligationCheck.refusal(it, recipient, fulfilments.of(recipient)));
  }

  /**
   * Whether an agreement requires the acting person and a justification; false if it is not known
   * here, since it then permits nothing.
   */
  public boolean asksForPerson(String agreement) {
    return rulebook
        .agreement(agreement)
        .filter(it -> it.obligations().personRequired())
        .isPresent();
  }

  /**
   * The generation of this policy on this node: decisions under different generations were made by
   * different policies. Each later policy has a greater number, across restarts and without a
   * clock. A change of declared fulfilments does not change it.
   */
  public long generation() {
    return stamp.generation();
  }

  /** Version of the rulebook; recorded in every decision. */
  public String version() {
    return rulebook.version();
  }

  /** The sender's policy. */
  public EgressPolicy egress() {
    return egress;
  }

  /** The recipient's policy. */
  public IngressPolicy ingress() {
    return ingress;
  }

  /**
   * The recipient's equivalent, in its own scheme, of a label's national classification; empty if
   * none is needed or none is configured.
   */
  public Optional<ClassificationEquivalent> equivalent(Label label, AgencyName recipient) {
    return classification.equivalent(label, recipient);
  }

  /** The rules that a transit applies. */
  public TransitRules transit() {
    return new TransitRules(membership);
  }

  /** Messages that gateways make, other than rosters. */
  public GatewayMessages messages() {
    return messages;
  }

  /**
   * The categories in which some agreement in force lets an agency send requests to another.
   * Whether a single request may go depends on its label.
   */
  public Set<Category> askable(AgencyName from, AgencyName to, Instant now) {
    return rules.categories(Kind.KIND_REQUEST, from, to, now);
  }

  /** Rosters of joint operations as messages. */
  public RosterMessages rosters() {
    return rosters;
  }

  /** Figures of the cache of rulings. */
  public CacheFigures cacheFigures() {
    return cache.figures();
  }
}
