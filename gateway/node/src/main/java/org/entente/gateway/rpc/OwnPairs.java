package org.entente.gateway.rpc;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.ShowKeysResponse;

/** The pairs that this agency's gateway signs with, as an operator asks for them. */
public interface OwnPairs {
  /** What came of asking for the next pairs. */
  sealed interface Answer {
    /** They are durable; this goes to the roots. */
    record Made(RenewKeysResponse response) implements Answer {}

    /** Nothing changed. */
    record Refused(Problem problem) implements Answer {}
  }

  /** Makes the next pairs and the request that asks the roots to list them. */
  Answer renew(NodeName client, RenewKeysRequest request);

  /** All pairs that are held or listed. */
  ShowKeysResponse show();
}
