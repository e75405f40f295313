package org.entente.gateway.feature.operation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Determines whether the members of an operation led by this agency know no later roster than its
 * ledger contains. That matters if the ledger was restored: the next roster could otherwise be the
 * second with its number.
 *
 * <p>A member confirms by accepting the newest roster once more; a member with a later one refuses
 * it. The answers are read from evidence. Safe for use by several threads.
 *
 * @param self the asking agency
 */
public record RosterConfirmation(AgencyName self, EvidenceTable book, EvidenceRecords evidence) {
  /** The members that have not confirmed; empty if no confirmation is needed. */
  public List<AgencyName> missing(HeldRosters held) {
    return held.setBack().isEmpty() ? List.of() : missing(held, asks(held.setBack().get()));
  }

  private List<AgencyName> missing(HeldRosters held, List<ConfirmationResult> asks) {
    if (!held.newest().content().lead().equals(self)) {
      return List.of();
    }
    return held.newest().content().agencies().stream()
        .filter(member -> !member.equals(self))
        .filter(member -> asks.stream().noneMatch(ask -> ask.confirmed().contains(member.value())))
        .toList();
  }

  /**
   * A request for confirmation.
   *
   * @param members members that have not confirmed and from which no answer is pending
   * @param standing the messages by which some member has confirmed, or still may
   */
  public record ConfirmationRequest(List<AgencyName> members, List<MessageId> standing) {
    /** Copies the lists. */
    public ConfirmationRequest {
      members = List.copyOf(members);
      standing = List.copyOf(standing);
    }
  }

  /** The members to ask, including those whose earlier request failed. */
  public ConfirmationRequest asking(HeldRosters held) {
    List<ConfirmationResult> asks = held.setBack().map(this::asks).orElse(List.of());
    return new ConfirmationRequest(
        missing(held, asks).stream()
            .filter(it -> asks.stream().noneMatch(ask -> ask.awaited().contains(it.value())))
            .toList(),
        asks.stream()
            .filter(ask -> !ask.confirmed().isEmpty() || !ask.awaited().isEmpty())
            .map(ConfirmationResult::message)
            .toList());
  }

  /**
   * The result of one message that asked members.
   *
   * @param confirmed the members that accepted it
   * @param awaited the members whose answer is pending
   */
  private record ConfirmationResult(
      MessageId message, Set<String> confirmed, Set<String> awaited) {}

  private List<ConfirmationResult> asks(HeldRosters.RestoreMark setBack) {
    return setBack.askedIn().stream().map(this::ask).toList();
  }

  private ConfirmationResult ask(MessageId message) {
    Set<String> awaited = new HashSet<>();
    evidence.sent(book, message).ifPresent(sent -> awaited.addAll(sent.getRecipientsList()));
    Set<String> confirmed = new HashSet<>();
    for (EvidenceItem item : evidence.known(book, message)) {
      if (item.getKind() == EvidenceKind.EVIDENCE_KIND_DELIVERY) {
        confirmed.add(item.getAgency());
        awaited.remove(item.getAgency());
      } else if (item.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY) {
        // By its own statement, or because time has passed.
        awaited.remove(item.getRecipient().isEmpty() ? item.getAgency() : item.getRecipient());
      }
    }
    return new ConfirmationResult(message, confirmed, awaited);
  }
}
