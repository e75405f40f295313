package org.entente.gateway.intake;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.operation.HeldRosters;
import org.entente.gateway.policy.decide.RosterMessages;

/**
 * Members that have not confirmed the newest roster of a ledger that was set back.
 *
 * @param missing all of them; empty where nobody has to confirm
 * @param unasked why some of them cannot even be asked
 */
record UnconfirmedMembers(List<AgencyName> missing, List<Refusal> unasked) {
  /** Those of an operation. */
  static UnconfirmedMembers of(IntakeParts parts, HeldRosters held, Instant now) {
    List<AgencyName> missing = parts.confirmation().missing(held);
    if (missing.isEmpty()) {
      return new UnconfirmedMembers(missing, List.of());
    }
    RosterMessages messages = parts.policy().get().rosters();
    return new UnconfirmedMembers(
        missing,
        missing.stream()
            .map(member -> messages.refusal(parts.self(), member, now))
            .flatMap(Optional::stream)
            .toList());
  }

  /** For whom there is no use in waiting, in words that end a sentence; empty if for nobody. */
  String inVain() {
    return unasked.stream()
        .map(it -> "; " + it.recipient() + " cannot be asked: " + it.reason())
        .collect(Collectors.joining());
  }
}
