package org.entente.gateway.receive;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;

/**
 * This agency's own decision on a message it was sent, made from its own agreements even where the
 * sender's policy is broken or lies: the label's agreement must permit it here, and label and body
 * must agree. Pure for the policy in force.
 */
@FunctionalInterface
public interface IngressCheck {
  /** Why it is not kept; empty if it is. */
  Optional<IngressRefusal> refusal(AgencyName origin, Label label, Body body);
}
