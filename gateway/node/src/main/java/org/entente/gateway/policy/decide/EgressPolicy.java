package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.check.CheckedDraft;
import org.entente.gateway.policy.check.LabelFieldCheck;
import org.entente.gateway.policy.terms.Agreement;
import org.entente.gateway.policy.terms.FulfilmentSnapshot;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Label;

/**
 * The sender's policy: who may receive a draft. Pure: the same draft at the same time under the
 * same policy always gives the same decision. Safe for use by several threads.
 */
public final class EgressPolicy {
  private final RuleEvaluator rules;
  private final Membership membership;
  private final RulingCache cache;
  private final DraftTerms terms;
  private final RosterMessages rosters;
  private final FulfilmentSnapshot fulfilments;
  private final PolicyStamp stamp;
  private final QueuedMessageTerms waiting;

  EgressPolicy(
      RuleEvaluator rules,
      Membership membership,
      RulingCache cache,
      DraftTerms terms,
      RosterMessages rosters,
      FulfilmentSnapshot fulfilments,
      PolicyStamp stamp) {
    this.fulfilments = fulfilments;
    this.rules = rules;
    this.rosters = rosters;
    this.terms = terms;
    this.membership = membership;
    this.cache = cache;
    this.stamp = stamp;
    this.waiting = new QueuedMessageTerms(rules.markings());
  }

  /** Decides about a draft that passes nothing on. */
  public PolicyDecision decide(CheckedDraft draft, AgencyName self, Instant now) {
    return decide(draft, List.of(), self, now);
  }

  /**
   * Decides about a draft that {@code self} wants to send at this time.
   *
   * @param sources the messages that it passes on, as received
   */
  public PolicyDecision decide(
      CheckedDraft draft, List<OnwardSource> sources, AgencyName self, Instant now) {
    return decide(draft, sources, recipient -> true, self, now);
  }

  /**
   * Decides about a draft that changes an earlier message.
   *
   * @param hadTarget whether a recipient was sent the earlier message; no other agency is told of
   *     the change
   */
  public PolicyDecision decide(
      CheckedDraft draft,
      List<OnwardSource> sources,
      Predicate<AgencyName> hadTarget,
      AgencyName self,
      Instant now) {
    RecipientSet recipients = RecipientSet.expand(draft.to(), self, membership);
    List<Refusal> refusals = new ArrayList<>(recipients.refusals());
    Places places = new Places(new TreeMap<>(), refusals, new ArrayList<>());
    List<AgencyName> named = new ArrayList<>(recipients.asked());
    named.addAll(recipients.information());
    for (AgencyName recipient : named) {
      if (!hadTarget.test(recipient)) {
        refusals.add(notSentBefore(recipient));
        continue;
      }
      boolean information = recipients.information().contains(recipient);
      Label label = information ? draft.informationLabel() : draft.label();
      Ruling ruling = ruling(label, draft, self, recipient, now);
      if (ruling instanceof Ruling.Allowed it) {
        place(draft, sources, recipient, it.agreement(), now, places);
      } else if (ruling instanceof Ruling.Denied it) {
        refusals.add(it.refusal());
      }
    }
    for (AgencyName recipient : recipients.others()) {
      if (hadTarget.test(recipient)
          && ruling(draft.label(), draft, self, recipient, now) instanceof Ruling.Allowed it) {
        place(draft, sources, recipient, it.agreement(), now, places);
      }
    }
    limitDisclosure(draft, places);
    if (places.allowed().isEmpty() && refusals.isEmpty()) {
      refusals.add(nobody(draft.to()));
    }
    return new PolicyDecision(
        draft,
        self,
        now,
        stamp,
        places.allowed(),
        Set.copyOf(recipients.information()),
        refusals,
        places.consented());
  }

  private static void limitDisclosure(CheckedDraft draft, Places places) {
    if (draft.isDisclosed() && places.allowed().size() > LabelFieldCheck.MAX_ADDRESSEES) {
      places
          .allowed()
          .keySet()
          .forEach(recipient -> places.refusals().add(tooManyToDisclose(recipient)));
      places.allowed().clear();
      places.consented().clear();
    }
  }

  private static Refusal notSentBefore(AgencyName recipient) {
    return new Refusal(
        recipient.value(),
        Code.REFERENCE_REFUSED,
        "references",
        "it was not sent the message that this one changes, so it is not told of the change");
  }

  private static Refusal tooManyToDisclose(AgencyName recipient) {
    return new Refusal(
        recipient.value(),
        Code.LIMIT_REACHED,
        "disclose_addressees",
        "a label names at most " + LabelFieldCheck.MAX_ADDRESSEES + " recipients to each other");
  }

  /** Collects permits, refusals and consents while a decision is made. */
  private record Places(
      TreeMap<AgencyName, Agreement> allowed,
      List<Refusal> refusals,
      List<AppliedConsent> consented) {}

  /**
   * Permits what the label permits, unless the content may not be passed on there, or the agreement
   * requires a person and the draft names none. Those two refusals are reported even for a
   * recipient that was not named: a sender that addresses all permitted members would otherwise
   * believe that it was sent.
   */
  private void place(
      CheckedDraft draft,
      List<OnwardSource> sources,
      AgencyName recipient,
      Agreement agreement,
      Instant now,
      Places places) {
    OnwardCheck.Passage passage =
        terms.passage(
            draft.label(), draft.namesPersonAndReason(), sources, recipient, agreement, now);
    Refusal bound = passage.refusal();
    if (bound != null) {
      places.refusals().add(bound);
    } else {
      places.allowed().put(recipient, terms.binding(draft.label(), agreement, sources, now));
      places.consented().addAll(passage.consented());
    }
  }

  /**
   * Decides again about a complete message that waited, before it is transmitted: the agreement may
   * have ended or the rules may have changed.
   *
   * @return the refusal; empty if it may still go
   */
  public Optional<Refusal> recheck(
      PendingMessage message, AgencyName self, AgencyName recipient, Instant now) {
    Label label = message.label();
    for (FixedLabel fixed : FixedLabels.all()) {
      if (fixed.isOf(label)) {
        return fixed.refusal(label, self, recipient, membership);
      }
    }
    if (FixedLabels.ROSTER.isOf(label)) {
      return rosters.refusal(label, self, recipient, now);
    }
    Ruling ruling =
        cache.get(
            RulingFacts.Stage.QUEUED,
            new Transfer(label, message.bodyBytes(), self, recipient, now).complete(),
            it -> rules.underNamed(true, it));
    return ruling instanceof Ruling.Denied it
        ? Optional.of(it.refusal())
        : waiting.refusal(((Ruling.Allowed) ruling).agreement(), message, recipient);
  }

  /**
   * Explains, agreement by agreement, what {@link #decide} says about a draft and why. The result
   * is that of a real decision, so the explanation matches what happens. Slower than deciding;
   * meant for people.
   */
  public Explanation explain(
      CheckedDraft draft,
      List<OnwardSource> sources,
      Predicate<AgencyName> hadTarget,
      AgencyName self,
      Instant now) {
    PolicyDecision decision = decide(draft, sources, hadTarget, self, now);
    RecipientSet recipients = RecipientSet.expand(draft.to(), self, membership);
    List<Explanation.Recipient> explained = new ArrayList<>();
    for (AgencyName recipient : recipients.all()) {
      boolean information = recipients.information().contains(recipient);
      Transfer transfer =
          new Transfer(
              information ? draft.informationLabel() : draft.label(),
              draft.body().size(),
              self,
              recipient,
              now,
              draft.content());
      explained.add(explained(decision, transfer));
    }
    return new Explanation(
        stamp.version(),
        decision.holdReason(),
        explained,
        decision.refusals().stream()
            .filter(
                refusal ->
                    explained.stream()
                        .noneMatch(it -> it.agency().value().equals(refusal.recipient())))
            .toList());
  }

  private Explanation.Recipient explained(PolicyDecision decision, Transfer transfer) {
    AgencyName recipient = transfer.recipient();
    Optional<String> permitted =
        decision.permits().stream()
            .filter(permit -> permit.recipient().equals(recipient))
            .map(Permit::agreement)
            .findFirst();
    Optional<Refusal> refused =
        permitted.isPresent() ? Optional.empty() : Optional.of(refusal(decision, transfer));
    return new Explanation.Recipient(
        recipient,
        refused,
        permitted,
        decision.obligations(recipient).map(Explanation.BindingTerms::of),
        decision.withheld(recipient),
        fulfilments.stated(recipient),
        AgreementExplainer.of(rules, transfer));
  }

  /**
   * The refusal as decided. Decisions do not report recipients that were not named; for these it is
   * worked out.
   */
  private Refusal refusal(PolicyDecision decision, Transfer transfer) {
    return decision.refusals().stream()
        .filter(refusal -> refusal.recipient().equals(transfer.recipient().value()))
        .findFirst()
        .orElseGet(
            () ->
                rules.egress(transfer) instanceof Ruling.Denied denied
                    ? denied.refusal()
                    : notSentBefore(transfer.recipient()));
  }

  private Ruling ruling(
      Label label, CheckedDraft draft, AgencyName self, AgencyName recipient, Instant now) {
    return cache.get(
        RulingFacts.Stage.DRAFT,
        new Transfer(label, draft.body().size(), self, recipient, now, draft.content()),
        rules::egress);
  }

  private static Refusal nobody(Addressing to) {
    String reason =
        to.getWhomAgreementsAllow()
            ? "no agreement allows this label for any member"
            : "the addressing leads only to the sender";
    return new Refusal("", Code.NO_RECIPIENT, "", reason);
  }
}
