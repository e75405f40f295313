package org.entente.gateway.receive;

import org.entente.gateway.model.AgencyName;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;

/** Receives messages between logs and witnesses, and between witnesses. */
public interface WitnessNotices {
  /** Handles a request of another agency's log. */
  void asked(AgencyName from, WitnessRequest request);

  /** Handles an answer attributed to a witness. */
  void answered(AgencyName from, WitnessAnswer answer);

  /** Handles what another agency says that its witness holds. */
  void reported(AgencyName from, WitnessedCheckpoints said);
}
