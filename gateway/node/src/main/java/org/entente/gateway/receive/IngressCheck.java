package org.entente.gateway.receive;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * This agency's own decision on a received message, made from its own agreements, as the sender's
 * policy may be faulty or dishonest. The label's agreement must permit the message here, and label
 * and body must agree. Pure for the policy in force.
 */
@FunctionalInterface
public interface IngressCheck {
  /** Why the message is not kept; empty if it is kept. */
  Optional<Refusal> refusal(AgencyName origin, Label label, Body body);
}
