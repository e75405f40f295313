package org.entente.gateway.feature.operator;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysResponse;

/** The signing pairs of this agency's gateway, for operators. */
public interface OwnPairs {
  /** The answer to a request for the next pairs. */
  sealed interface Answer {
    /** The pairs are durable; the response goes to the roots. */
    record Made(RenewKeysResponse response) implements Answer {}

    /** Nothing changed. */
    record Refused(Problem problem) implements Answer {}
  }

  /** Makes the next pairs and the request to the roots to list them. */
  Answer renew(NodeName client, RenewKeysRequest request);

  /** All held or listed pairs. */
  ShowKeysResponse show();
}
