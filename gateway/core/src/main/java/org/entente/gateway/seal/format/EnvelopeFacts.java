package org.entente.gateway.seal.format;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;

/**
 * Facts about an envelope in its header; a transit learns these and no more.
 *
 * @param origin agency of origin
 * @param gateway gateway that sealed and signed them
 * @param id the envelope's identifier
 * @param lane priority class of every message inside
 * @param exercise whether every message inside is exercise traffic
 * @param createdAtMs when it was sealed, milliseconds since 1970
 * @param expiresAtMs end of delivery, milliseconds since 1970; later than creation
 */
public record EnvelopeFacts(
    AgencyName origin,
    NodeName gateway,
    EnvelopeId id,
    Lane lane,
    boolean exercise,
    long createdAtMs,
    long expiresAtMs) {
  public EnvelopeFacts {
    if (createdAtMs < 0 || expiresAtMs <= createdAtMs) {
      throw new IllegalArgumentException(
          "an envelope created at " + createdAtMs + " cannot expire at " + expiresAtMs);
    }
  }
}
