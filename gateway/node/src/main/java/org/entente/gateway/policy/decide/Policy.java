package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ClassificationEquivalent;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * A rulebook applied to a membership, with what its agencies say that they can fulfil: everything
 * that is needed to decide, for as long as none of them changes. Immutable but for its memory of
 * rulings, which changes no decision; safe for use by several threads.
 */
public final class Policy {
  /** Rulings kept unless told otherwise. */
  public static final int DEFAULT_CACHE_ENTRIES = 20_000;

  private final Rulebook rulebook;
  private final Membership membership;
  private final FulfilmentSnapshot fulfilments;
  private final PolicyStamp stamp;
  private final RulingCache cache;
  private final RuleEvaluator rules;
  private final DraftTerms terms;
  private final RosterMessages rosters;
  private final ClassificationCheck classification;
  private final EgressPolicy egress;
  private final IngressPolicy ingress;

  /** The same where no agency has said which obligations it can fulfil. */
  public Policy(Rulebook rulebook, Membership membership, int cacheEntries) {
    this(rulebook, membership, FulfilmentSnapshot.UNKNOWN, cacheEntries);
  }

  /** The same with no rule of its own for training traffic. */
  public Policy(
      Rulebook rulebook, Membership membership, FulfilmentSnapshot fulfilments, int cacheEntries) {
    this(rulebook, membership, fulfilments, ExerciseRetention.NONE, cacheEntries);
  }

  /**
   * Applies a rulebook to a membership.
   *
   * @param fulfilments which obligations its agencies say that they can fulfil
   * @param exercises how long recipients may keep what this agency sends as training
   * @param cacheEntries most rulings to keep, each well under a kilobyte
   */
  public Policy(
      Rulebook rulebook,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention exercises,
      int cacheEntries) {
    this(rulebook, membership, fulfilments, exercises, cacheEntries, 0);
  }

  /** The same as the one of its node that comes so late among those that were in force. */
  Policy(
      Rulebook rulebook,
      Membership membership,
      FulfilmentSnapshot fulfilments,
      ExerciseRetention exercises,
      int cacheEntries,
      long generation) {
    this.stamp = new PolicyStamp(rulebook.version(), generation);
    this.fulfilments = fulfilments;
    this.rulebook = rulebook;
    this.membership = membership;
    this.rules = new RuleEvaluator(rulebook, membership);
    this.classification = new ClassificationCheck(rulebook.codes(), membership);
    this.cache = new RulingCache(new RulingFacts(rulebook), cacheEntries);
    this.rosters = new RosterMessages(rules, membership, stamp);
    this.terms =
        new DraftTerms(rules, membership, rulebook.codes().sharing(), fulfilments, exercises);
    this.egress = new EgressPolicy(rules, membership, cache, terms, rosters, fulfilments, stamp);
    this.ingress =
        new IngressPolicy(rules, membership, fulfilments, cache, rosters, rulebook.version());
  }

  /** The rulebook. */
  public Rulebook rulebook() {
    return rulebook;
  }

  /** The membership. */
  public Membership membership() {
    return membership;
  }

  /** Which obligations agencies say that they can fulfil. */
  public FulfilmentSnapshot fulfilments() {
    return fulfilments;
  }

  /**
   * Why a recipient cannot be sent what waits under an agreement: it has come to say that it does
   * not fulfil what the agreement binds it to. Empty if it does, or if there is no such agreement.
   */
  public Optional<Refusal> unfulfilled(String agreement, AgencyName recipient) {
    return rulebook
        .agreement(agreement)
        .flatMap(it -> ObligationCheck.refusal(it, recipient, fulfilments.of(recipient)));
  }

  /**
   * Whether an agreement asks who acts under it, and why; false where it is not known here, since
   * nobody can ask by it any more.
   */
  public boolean asksForPerson(String agreement) {
    return rulebook
        .agreement(agreement)
        .filter(it -> it.obligations().personRequired())
        .isPresent();
  }

  /**
   * Which policy of this node it is: what was decided under one of another number was decided by
   * others. Each that is in force after it has a greater one, over restarts and by no clock; what
   * agencies say that they fulfil changes it not.
   */
  public long generation() {
    return stamp.generation();
  }

  /** Version of the rulebook; stands in every decision. */
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
   * What a decision depends on while one field of a label is not known, for each recipient that an
   * addressing leads to; none if no client sets such a field. Slower; meant for people.
   *
   * @param known the rest of the draft
   */
  public List<Residual> residuals(
      Residual.KnownPart known, String field, Addressing to, AgencyName self, Instant now) {
    RecipientSet recipients = RecipientSet.expand(to, self, membership);
    Residual.KnownPart informed = known.inLane(to.getInformation().getLane());
    return ResidualEvaluator.of(rules, terms, rulebook, field).stream()
        .flatMap(
            it ->
                recipients.all().stream()
                    .map(
                        recipient ->
                            it.ask(
                                recipients.information().contains(recipient) ? informed : known,
                                self,
                                recipient,
                                now)))
        .toList();
  }

  /** How many agencies an addressing leads to that names no joint operation. */
  public int recipients(Addressing to, AgencyName self) {
    return RecipientSet.expand(to, self, membership).all().size();
  }

  /**
   * What a recipient handles the national classification of a label as, in its own scheme; empty
   * where nothing is to be translated or nothing is configured.
   */
  public Optional<ClassificationEquivalent> equivalent(Label label, AgencyName recipient) {
    return classification.equivalent(label, recipient);
  }

  /** What a transit judges. */
  public TransitRules transit() {
    return new TransitRules(membership);
  }

  /** Evidence as messages. */
  public EvidenceMessages evidence() {
    return new EvidenceMessages(membership, stamp);
  }

  /** Recalls as messages. */
  public RecallMessages recalls() {
    return new RecallMessages(membership, stamp);
  }

  /** What an agency may be asked, as messages. */
  public ResponderMessages responders() {
    return new ResponderMessages(membership, stamp);
  }

  /**
   * The categories in which an agency may send requests to another, by some agreement in force
   * between the two; whether a single request may go, its label decides.
   */
  public Set<Category> askable(AgencyName from, AgencyName to, Instant now) {
    return rules.categories(Kind.KIND_REQUEST, from, to, now);
  }

  /** Rosters of joint operations as messages. */
  public RosterMessages rosters() {
    return rosters;
  }

  /** Notices of consent as messages. */
  public ConsentMessages consents() {
    return new ConsentMessages(membership, stamp);
  }

  /** What is taken in charge, as messages. */
  public AssignmentMessages charges() {
    return new AssignmentMessages(membership, stamp);
  }

  /** Figures of the memory of rulings. */
  public CacheFigures cacheFigures() {
    return cache.figures();
  }
}
