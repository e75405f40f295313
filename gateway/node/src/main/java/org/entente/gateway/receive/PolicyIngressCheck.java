package org.entente.gateway.receive;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.decide.IngressPolicy;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.RulebookHolder;
import org.entente.gateway.policy.terms.Exercise;
import org.entente.proto.store.v1.SentFacts;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;

/**
 * The recipient's own decision, by the policy in force at the time of the call. A refusal is final,
 * so while the clock is in doubt a message is refused only if both times refuse it: a clock that
 * jumped forward ends neither deadlines nor agreements.
 */
public final class PolicyIngressCheck implements IngressCheck {
  private final AgencyName self;
  private final RulebookHolder policy;
  private final LabelCheck labels;
  private final InstantSource clock;
  private final InstantSource ending;
  private final SentFactsLookup sent;

  /** Looks up messages that this agency has sent. */
  @FunctionalInterface
  public interface SentFactsLookup {
    /** The facts of an own message; empty if there is none or its evidence has expired. */
    Optional<SentFacts> facts(MessageId id);
  }

  /**
   * Creates the check of an agency.
   *
   * @param clock the machine's
   * @param ending the clock for what cannot be undone, never ahead of the machine's
   */
  public PolicyIngressCheck(
      AgencyName self,
      RulebookHolder policy,
      LabelCheck labels,
      InstantSource clock,
      InstantSource ending,
      SentFactsLookup sent) {
    this.sent = sent;
    this.self = self;
    this.policy = policy;
    this.labels = labels;
    this.clock = clock;
    this.ending = ending;
  }

  /** Whether an agreement is in force and an agency still a member. */
  public static boolean inForce(
      Policy policy, String agreement, AgencyName recipient, Instant now) {
    return policy
            .rulebook()
            .agreement(agreement)
            .filter(found -> found.validity().includes(now))
            .isPresent()
        && policy.membership().agencies().contains(recipient);
  }

  @Override
  public Optional<IngressRefusal> refusal(AgencyName origin, Label label, Body body) {
    List<Problem> problems = labels.received(label, body);
    if (!problems.isEmpty()) {
      Problem first = problems.get(0);
      return open(first.code(), first.field(), first.message());
    }
    if (label.getKind() == Kind.KIND_FEEDBACK && !answersOwn(origin, label)) {
      return open(
          Code.INGRESS_REFUSED,
          "label.in_reply_to",
          "feedback on a message that " + self + " did not send to " + origin);
    }
    IngressPolicy ingress = policy.current().ingress();
    IngressPolicy.Verdict now = ingress.decide(origin, label, body, self, clock.instant());
    return now instanceof IngressPolicy.Verdict.Refused refused
            && ingress.decide(origin, label, body, self, ending.instant())
                instanceof IngressPolicy.Verdict.Refused
        ? Optional.of(asIngress(refused))
        : Optional.empty();
  }

  private Optional<IngressRefusal> open(Code code, String field, String message) {
    return Optional.of(IngressRefusal.open(new Refusal(self.value(), code, field, message)));
  }

  /**
   * Whether feedback concerns a message that this agency sent to the peer; a peer is believed about
   * no others.
   */
  private boolean answersOwn(AgencyName origin, Label label) {
    boolean exercise = Exercise.of(label);
    return sent.facts(MessageId.of(label.getInReplyTo().toByteArray()))
        .filter(
            facts ->
                facts.getRecipientsList().contains(origin.value())
                    && facts.getExercise() == exercise)
        .isPresent();
  }

  private static IngressRefusal asIngress(IngressPolicy.Verdict.Refused refused) {
    Refusal found = refused.refusal();
    Refusal detail =
        new Refusal(
            found.recipient(),
            Code.INGRESS_REFUSED,
            found.rule(),
            found.code() + ", " + found.reason());
    return new IngressRefusal(detail, IngressRefusal.words(refused.forOrigin()));
  }
}
