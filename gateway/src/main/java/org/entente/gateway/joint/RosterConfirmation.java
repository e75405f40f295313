package org.entente.gateway.joint;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.ledger.EvidenceBook;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * Whether the members of an operation that this agency leads know no later roster than its ledger
 * holds, which matters where that was set back: the next roster would be the second of its number.
 *
 * <p>A member confirms by taking the newest roster once more; one that holds a later one refuses
 * it. What is known is what evidence says. Safe for many threads.
 *
 * @param self who asks
 */
public record RosterConfirmation(AgencyName self, EvidenceBook book, EvidenceRecords evidence) {
  /** Members that have not confirmed; empty where nobody has to. */
  public List<AgencyName> missing(HeldRosters held) {
    if (held.setBack().isEmpty() || !held.newest().content().lead().equals(self)) {
      return List.of();
    }
    Set<String> confirmed = confirmed(held.setBack().get().askedIn());
    return held.newest().content().agencies().stream()
        .filter(member -> !member.equals(self) && !confirmed.contains(member.value()))
        .toList();
  }

  private Set<String> confirmed(@Nullable MessageId askedIn) {
    return askedIn == null
        ? Set.of()
        : evidence.known(book, askedIn).stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_DELIVERY)
            .map(EvidenceItem::getAgency)
            .collect(Collectors.toSet());
  }
}
