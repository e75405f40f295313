package org.entente.gateway.feature;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.AttestDestroyedRequest;
import org.entente.proto.v1.AttestDestroyedResponse;
import org.entente.proto.v1.ReplaceMachineRequest;
import org.entente.proto.v1.ReplaceMachineResponse;
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
   * Begins to put a machine into the place of another one; recorded durably on return. Refused if
   * that cannot be done now.
   */
  Result<ReplaceMachineResponse> replace(NodeName client, ReplaceMachineRequest request);

  /**
   * States that the keystore of a former machine is destroyed, which two officers must do; recorded
   * durably on return.
   */
  Result<AttestDestroyedResponse> attestDestroyed(NodeName client, AttestDestroyedRequest request);
}
