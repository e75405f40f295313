package org.entente.gateway.feature;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AttestDestroyedResponse;
import org.entente.proto.v1.ChangeMachinesRequest;
import org.entente.proto.v1.ChangeMachinesResponse;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.TransferLeadResponse;

/** The machines that run this gateway together, for operators. */
public interface OwnCluster {
  /**
   * Passes the lead to another machine soon; recorded durably on return. Refused if that one cannot
   * lead now.
   */
  Result<TransferLeadResponse> transfer(NodeName client, TransferLeadRequest request);

  /**
   * Begins to add a machine, to remove one, or to put one into the place of another; recorded
   * durably on return. Refused if that cannot be done now.
   */
  Result<ChangeMachinesResponse> change(NodeName client, ChangeMachinesRequest request);

  /**
   * States that the keystore of a former machine is destroyed, which two officers must do; recorded
   * durably on return.
   */
  Result<AttestDestroyedResponse> attestDestroyed(NodeName client, AttestDestroyedRequest request);
}
