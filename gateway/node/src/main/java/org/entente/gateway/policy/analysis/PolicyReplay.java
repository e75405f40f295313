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
import org.entente.gateway.policy.decide.RuleEvaluator;
import org.entente.gateway.policy.decide.TransferVerdict;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.policy.terms.Transfer;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates past messages under two policies and collects the decisions that differ. Used by one
 * thread.
 */
public final class PolicyReplay {
  /** Most differences kept, each of some hundred bytes. */
  static final int MOST_LISTED = 100_000;

  /** Label fields that a ledger keeps of sent messages. */
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
   * A message at one recipient for which the two policies differ.
   *
   * @param message its id
   * @param egress whether this agency sends; otherwise it receives
   * @param origin the sender
   * @param recipient the recipient
   * @param at the time for which both were evaluated
   * @param current the verdict of the rules in force
   * @param candidate the verdict of the candidate
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

  /**
   * A replay under the rules in force and a candidate, both with the membership of the rules in
   * force.
   */
  public PolicyReplay(Policy current, Rulebook candidate) {
    this.current = current;
    this.inForce = new RuleEvaluator(current.rulebook(), current.membership());
    this.candidates = new RuleEvaluator(candidate, current.membership());
  }

  /**
   * Evaluates a received message.
   *
   * @param label complete, as received
   * @param bodyBytes size of the body
   * @param at when it was received
   */
  public void received(MessageId id, Label label, long bodyBytes, AgencyName self, Instant at) {
    for (FixedLabel fixed : FixedLabels.all()) {
      if (fixed.isOf(label)) {
        return;
      }
    }
    if (FixedLabels.ROSTER.isOf(label)) {
      return;
    }
    messages++;
    AgencyName origin = new AgencyName(label.getOrigin());
    compare(id, false, new Transfer(label, bodyBytes, origin, self, at).complete());
  }

  /** Evaluates a draft that was published here, for each agency that its addressing leads to. */
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
   * The part of a message that went to some recipients under one agreement.
   *
   * @param label the stored fields of its label, which do not include the agreement
   * @param recipients the recipients
   */
  public record SentPart(Label label, List<AgencyName> recipients) {
    public SentPart {
      recipients = List.copyOf(recipients);
    }
  }

  /**
   * Evaluates a message sent from here, of which part of the label is stored. Messages that
   * gateways send by themselves are skipped.
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

  /** The number of messages evaluated. */
  public long messages() {
    return messages;
  }

  /** The number of messages whose decisions differ for some recipient. */
  public long differing() {
    return differing;
  }

  /** The number of differences beyond those listed. */
  public long notListed() {
    return notListed;
  }

  /** The number of sent messages evaluated by the stored part of their labels. */
  public long sent() {
    return sent;
  }

  /**
   * Names of label fields that a condition of either policy reads and that are not stored for sent
   * messages; these were treated as absent.
   */
  public List<String> notKept() {
    return Stream.concat(inForce.conditions(), candidates.conditions())
        .flatMap(it -> it.labelFields().stream())
        .filter(it -> !KEPT_OF_SENT.contains(it))
        .distinct()
        .sorted()
        .toList();
  }

  /** The decisions that differ, in order of evaluation; at most the first {@value #MOST_LISTED}. */
  public List<ChangedOutcome> changed() {
    return List.copyOf(changed);
  }
}
