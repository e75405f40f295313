package org.entente.gateway.policy.decide;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.terms.Membership;
import org.entente.proto.v1.Purpose;

/**
 * An originator's consent to passing on one message, as its signed statement says. A value.
 *
 * @param id by which it is named on both sides
 * @param grantor who consents: it counts for what that agency sent only
 * @param agencies to whom
 * @param jurisdictions to whose member agencies besides
 * @param purposes for what
 * @param until when it ends; at that time it has ended
 * @param revoked whether it was taken back
 */
public record ConsentGrant(
    MessageId id,
    AgencyName grantor,
    Set<AgencyName> agencies,
    Set<String> jurisdictions,
    Set<Purpose> purposes,
    Instant until,
    boolean revoked) {
  /** Copies the sets. */
  public ConsentGrant {
    agencies = Set.copyOf(agencies);
    jurisdictions = Set.copyOf(jurisdictions);
    purposes = Set.copyOf(purposes);
  }

  /** Why it does not let a message go to a recipient for a purpose; empty if it does. */
  Optional<String> lacks(
      AgencyName recipient, Purpose purpose, Instant now, Membership membership) {
    if (revoked) {
      return Optional.of("consent " + id + " was revoked");
    }
    if (!now.isBefore(until)) {
      return Optional.of("consent " + id + " ended at " + until);
    }
    if (!covers(recipient, membership)) {
      return Optional.of("consent " + id + " is for " + whom() + " only");
    }
    return purposes.contains(purpose)
        ? Optional.empty()
        : Optional.of("consent " + id + " is for " + EnumNames.words(purposes) + " only");
  }

  private boolean covers(AgencyName recipient, Membership membership) {
    return agencies.contains(recipient)
        || membership.jurisdiction(recipient).filter(jurisdictions::contains).isPresent();
  }

  private String whom() {
    List<String> names = new ArrayList<>();
    new TreeSet<>(agencies).forEach(agency -> names.add(agency.value()));
    names.addAll(new TreeSet<>(jurisdictions));
    int most = 5;
    String shown = String.join(", ", names.subList(0, Math.min(most, names.size())));
    return names.size() > most ? shown + " and " + (names.size() - most) + " more" : shown;
  }

  /** Names the consent, never its terms. */
  @Override
  public String toString() {
    return "grant " + id;
  }
}
