package org.entente.gateway.policy.analysis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.check.DraftContent;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.check.LabelSpace;
import org.entente.gateway.policy.decide.FixedLabel;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.RecipientSet;
import org.entente.gateway.policy.decide.RosterMessages;
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/** Puts messages of the past to two policies and keeps what they decide differently. One thread. */
public final class PolicyReplay {
  /** Most differences that are kept, each of some hundred bytes. */
  static final int MOST_LISTED = 100_000;

  /** Fields of labels that a ledger has of what was sent. */
  private static final Set<String> KEPT_OF_SENT =
      Set.of(
          "kind",
          "category",
          "purpose",
          "classification",
          "handling",
          "personal_data",
          "legal_basis",
          "case_ref",
          "lane");

  private final Policy current;
  private final RuleEvaluator inForce;
  private final RuleEvaluator candidates;
  private final List<ChangedOutcome> changed = new ArrayList<>();
  private @Nullable MessageId last;
  private long differing;
  private long notListed;
  private long messages;
  private long sent;

  /**
   * A message at one recipient about which the two differ.
   *
   * @param message its id
   * @param egress whether this agency sends; otherwise it received
   * @param origin who sends
   * @param recipient who receives
   * @param at the time for which both were asked
   * @param current what the rules in force say
   * @param candidate what the candidate says
   * @param how each difference in words
   */
  public record ChangedOutcome(
      MessageId message,
      boolean egress,
      AgencyName origin,
      AgencyName recipient,
      Instant at,
      TransferVerdict current,
      TransferVerdict candidate,
      List<String> how) {
    public ChangedOutcome {
      how = List.copyOf(how);
    }
  }

  /** A replay of rules in force and a candidate, both under the members of the former. */
  public PolicyReplay(Policy current, Rulebook candidate) {
    this.current = current;
    this.inForce = new RuleEvaluator(current.rulebook(), current.membership());
    this.candidates = new RuleEvaluator(candidate, current.membership());
  }

  /**
   * A message that was received.
   *
   * @param label complete, as it came
   * @param bodyBytes size of the body
   * @param at when it came
   */
  public void received(MessageId id, Label label, long bodyBytes, AgencyName self, Instant at) {
    for (FixedLabel fixed : FixedLabels.all()) {
      if (fixed.isOf(label)) {
        return;
      }
    }
    if (RosterMessages.LABEL.isOf(label)) {
      return;
    }
    messages++;
    AgencyName origin = new AgencyName(label.getOrigin());
    compare(id, false, new Transfer(label, bodyBytes, origin, self, at).complete());
  }

  /** A draft that was published here, at each agency that its addressing leads to. */
  public void published(MessageId id, Draft draft, AgencyName self, Instant at) {
    messages++;
    Label label = LabelCheck.completed(draft.getLabel(), draft.getBody());
    DraftContent content =
        new DraftContent(label, draft.getLabel().getPersonalData(), draft.getBody());
    RecipientSet to = RecipientSet.expand(draft.getTo(), self, current.membership());
    for (AgencyName recipient : to.all()) {
      long size = content.body().size();
      compare(id, true, new Transfer(label, size, self, recipient, at, content));
    }
  }

  /**
   * What was sent to some recipients under one agreement.
   *
   * @param label what is kept of its label, which names no agreement
   * @param recipients whom it went to
   */
  public record SentPart(Label label, List<AgencyName> recipients) {
    public SentPart {
      recipients = List.copyOf(recipients);
    }
  }

  /**
   * A message that was sent from here, of which a part of the label is kept; nothing is asked of
   * what gateways send by themselves.
   *
   * @param at when it was accepted
   */
  public void sent(MessageId id, List<SentPart> parts, AgencyName self, Instant at) {
    if (parts.stream().noneMatch(it -> LabelSpace.KINDS.contains(it.label().getKind()))) {
      return;
    }
    messages++;
    sent++;
    for (SentPart part : parts) {
      Label label = LabelCheck.withDefaults(part.label());
      for (AgencyName recipient : part.recipients()) {
        compare(id, true, new Transfer(label, 0, self, recipient, at));
      }
    }
  }

  private void compare(MessageId id, boolean egress, Transfer transfer) {
    TransferVerdict before = verdict(inForce, egress, transfer);
    TransferVerdict after = verdict(candidates, egress, transfer);
    VerdictChange change = VerdictChange.between(before, after, egress);
    if (change.isNone()) {
      return;
    }
    if (last == null || !id.equals(last)) {
      last = id;
      differing++;
    }
    if (changed.size() >= MOST_LISTED) {
      notListed++;
    } else {
      changed.add(
          new ChangedOutcome(
              id,
              egress,
              transfer.origin(),
              transfer.recipient(),
              transfer.now(),
              before,
              after,
              change.how()));
    }
  }

  private static TransferVerdict verdict(RuleEvaluator rules, boolean egress, Transfer transfer) {
    return TransferVerdict.of(
        egress ? rules.egress(transfer) : rules.underNamed(false, transfer),
        egress,
        transfer.label());
  }

  /** How many messages were put to both. */
  public long messages() {
    return messages;
  }

  /** How many of these are decided differently at some recipient. */
  public long differing() {
    return differing;
  }

  /** How many differences there are besides those that are listed. */
  public long notListed() {
    return notListed;
  }

  /** How many of these were sent from here, and asked about by what is kept of their labels. */
  public long sent() {
    return sent;
  }

  /**
   * Names of the fields of labels that a condition of either reads, and that are not kept of what
   * was sent: of that, they were taken to be left out.
   */
  public List<String> notKept() {
    return Stream.concat(inForce.conditions(), candidates.conditions())
        .flatMap(it -> it.labelFields().stream())
        .filter(it -> !KEPT_OF_SENT.contains(it))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * What they decide differently, in the order in which it was put to them; the first {@value
   * #MOST_LISTED}.
   */
  public List<ChangedOutcome> changed() {
    return List.copyOf(changed);
  }
}
