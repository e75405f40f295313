package org.entente.gateway.feature;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysResponse;

/** The signing pairs of this agency's gateway, for operators. */
public interface OwnPairs {
  /** Makes the next pairs, durably, and the request to the roots to list them. */
  Result<RenewKeysResponse> renew(NodeName client, RenewKeysRequest request);

  /** All held or listed pairs. */
  ShowKeysResponse show();
}
