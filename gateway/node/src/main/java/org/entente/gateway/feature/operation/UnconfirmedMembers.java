package org.entente.gateway.feature.operation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.RosterMessages;

/**
 * Members that have not confirmed the newest roster of a restored ledger.
 *
 * @param missing all of them; empty if no confirmation is needed
 * @param unasked why some of them cannot be asked
 */
record UnconfirmedMembers(List<AgencyName> missing, List<Refusal> unasked) {
  /** The unconfirmed members of an operation. */
  static UnconfirmedMembers of(
      IntakeParts parts, RosterConfirmation confirmation, HeldRosters held, Instant now) {
    List<AgencyName> missing = confirmation.missing(held);
    if (missing.isEmpty()) {
      return new UnconfirmedMembers(missing, List.of());
    }
    RosterMessages messages = parts.rules().policy().get().rosters();
    return new UnconfirmedMembers(
        missing,
        missing.stream()
            .map(member -> messages.refusal(parts.self(), member, now))
            .flatMap(Optional::stream)
            .toList());
  }

  /** The members that cannot confirm, as the end of a sentence; empty if there are none. */
  String inVain() {
    return unasked.stream()
        .map(it -> "; " + it.recipient() + " cannot be asked: " + it.reason())
        .collect(Collectors.joining());
  }
}
