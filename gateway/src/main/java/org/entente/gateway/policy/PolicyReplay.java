package org.entente.gateway.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;

/** Puts messages of the past to two policies and keeps what they decide differently. One thread. */
public final class PolicyReplay {
  private final Policy current;
  private final Rules inForce;
  private final Rules candidates;
  private final List<Changed> changed = new ArrayList<>();
  private long messages;

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
  public record Changed(
      MessageId message,
      boolean egress,
      AgencyName origin,
      AgencyName recipient,
      Instant at,
      Verdict current,
      Verdict candidate,
      List<String> how) {
    public Changed {
      how = List.copyOf(how);
    }
  }

  /** A replay of rules in force and a candidate, both under the members of the former. */
  public PolicyReplay(Policy current, Rulebook candidate) {
    this.current = current;
    this.inForce = new Rules(current.rulebook(), current.membership());
    this.candidates = new Rules(candidate, current.membership());
  }

  /**
   * A message that was received.
   *
   * @param label complete, as it came
   * @param bodyBytes size of the body
   * @param at when it came
   */
  public void received(MessageId id, Label label, long bodyBytes, AgencyName self, Instant at) {
    for (FixedLabel fixed : FixedLabel.all()) {
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
    Recipients to = Recipients.expand(draft.getTo(), self, current.membership());
    for (AgencyName recipient : to.all()) {
      long size = content.body().size();
      compare(id, true, new Transfer(label, size, self, recipient, at, content));
    }
  }

  private void compare(MessageId id, boolean egress, Transfer transfer) {
    Verdict before = verdict(inForce, egress, transfer);
    Verdict after = verdict(candidates, egress, transfer);
    VerdictChange change = VerdictChange.between(before, after, egress);
    if (!change.isNone()) {
      changed.add(
          new Changed(
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

  private static Verdict verdict(Rules rules, boolean egress, Transfer transfer) {
    return Verdict.of(
        egress ? rules.egress(transfer) : rules.underNamed(false, transfer),
        egress,
        transfer.label());
  }

  /** How many messages were put to both. */
  public long messages() {
    return messages;
  }

  /** What they decide differently, in the order in which it was put to them. */
  public List<Changed> changed() {
    return List.copyOf(changed);
  }
}
