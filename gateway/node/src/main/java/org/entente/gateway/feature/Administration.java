package org.entente.gateway.feature;

import java.util.Set;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.model.AgencyName;

/**
 * What operators see and change.
 *
 * @param linked peers with configured links
 */
public record Administration(
    Quarantining quarantining,
    QuarantineStages stages,
    Set<AgencyName> linked,
    PeerLinks links,
    OwnPairs pairs,
    OwnBackups backups,
    OwnCluster cluster) {

  /** The stages that quarantine messages. */
  public record QuarantineStages(
      QuarantineStage receiving, QuarantineStage delivering, QuarantineStage sending) {}
}
