package org.entente.gateway.receive;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * This agency's own decision on a received message, made from its own agreements, as the sender's
 * policy may be faulty or dishonest. The label's agreement must permit the message here, and label
 * and body must agree. Pure for the policy in force.
 */
@FunctionalInterface
public interface IngressCheck {
  /** Why it is not kept; empty if it is. */
  Optional<IngressRefusal> refusal(AgencyName origin, Label label, Body body);
}
