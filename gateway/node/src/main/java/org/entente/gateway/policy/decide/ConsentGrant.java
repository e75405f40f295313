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
 * An originator's consent to the onward transfer of one message, as stated in its signed statement.
 * An immutable value.
 *
 * @param id the id that both sides use
 * @param grantor the agency that consents; the grant covers only messages that this agency sent
 * @param agencies the agencies that may receive it
 * @param jurisdictions the jurisdictions whose member agencies may also receive it
 * @param purposes the permitted purposes
 * @param until when it ends, exclusive
 * @param revoked whether it was revoked
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

  /** Why the grant does not let a message go to a recipient for a purpose; empty if it does. */
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
