package org.entente.gateway.policy.terms;

import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.AgencyKind;

/**
 * The facts that policy needs from the trust bundle: which agencies belong to the federation,
 * where, and as what.
 *
 * <p>Implementations are immutable and safe for use by several threads.
 */
public interface Membership {
  /** Agencies that send and receive messages. */
  SortedSet<AgencyName> agencies();

  /** Whether the agency may forward messages that it cannot read. */
  boolean isTransit(AgencyName agency);

  /**
   * The agency's jurisdiction, such as {@code FR}; empty if it belongs to no state or is unknown.
   */
  Optional<String> jurisdiction(AgencyName agency);

  /** The agency's kind; {@code OTHER} if unknown. */
  AgencyKind kind(AgencyName agency);

  /** Names of the groups of jurisdictions, such as {@code EU}. */
  Set<String> groups();

  /** Those of {@link #agencies()} in a jurisdiction or a group; none for an unknown name. */
  SortedSet<AgencyName> agenciesIn(String jurisdictionOrGroup);
}
