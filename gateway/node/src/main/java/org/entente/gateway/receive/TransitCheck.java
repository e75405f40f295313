package org.entente.gateway.receive;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.format.EnvelopeFacts;

/**
 * Decides whether this gateway carries an envelope for others, from header facts and membership
 * alone.
 */
@FunctionalInterface
public interface TransitCheck {
  /** Why the envelope is not carried to this recipient; empty if it is. */
  Optional<Refusal> refusal(EnvelopeFacts facts, AgencyName recipient, int size);
}
