package org.entente.gateway.seal.format;

import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.EnvelopeId;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;

/**
 * What a header says of an envelope besides its content: all that a transit learns.
 *
 * @param origin agency whose messages these are
 * @param gateway gateway that sealed and signed them
 * @param id the envelope's name
 * @param lane priority class of every message inside
 * @param exercise whether every message inside is training
 * @param createdAtMs when it was sealed, milliseconds since 1970
 * @param expiresAtMs not delivered after this, milliseconds since 1970; later than creation
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
