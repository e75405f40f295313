package org.entente.gateway.operation;

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
 * Whether the members of an operation that this agency leads know no later roster than its ledger
 * holds, which matters where that was set back: the next roster would be the second of its number.
 *
 * <p>A member confirms by taking the newest roster once more; one that holds a later one refuses
 * it. What is known is what evidence says. Safe for many threads.
 *
 * @param self who asks
 */
public record RosterConfirmation(AgencyName self, EvidenceTable book, EvidenceRecords evidence) {
  /** Members that have not confirmed; empty where nobody has to. */
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
   * What is to be asked.
   *
   * @param members that have not confirmed, and of whom no answer is to come
   * @param standing the messages by which somebody has confirmed, or still may
   */
  public record ConfirmationRequest(List<AgencyName> members, List<MessageId> standing) {
    /** Copies the lists. */
    public ConfirmationRequest {
      members = List.copyOf(members);
      standing = List.copyOf(standing);
    }
  }

  /** Whom to ask, once more where it was in vain. */
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
   * What became of a message in which members were asked.
   *
   * @param confirmed who took it
   * @param awaited who has it to come
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
        // By its own word, or by time having passed.
        awaited.remove(item.getRecipient().isEmpty() ? item.getAgency() : item.getRecipient());
      }
    }
    return new ConfirmationResult(message, confirmed, awaited);
  }
}
