package org.entente.gateway.trust;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.entente.gateway.crypto.Ed25519VerifyingKey;
import org.entente.gateway.crypto.MlDsa44VerifyingKey;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.InvalidValue;

/**
 * Public halves of a signing pair of an agency, with its validity.
 *
 * @param id {@link VerifyingPair#id()} of the pair
 * @param ed25519 classical half
 * @param mlDsa44 post-quantum half
 * @param notBefore first second of validity
 * @param notAfter last second of validity, after the first
 */
@JsonPropertyOrder({"id", "ed25519", "mldsa44", "not_before", "not_after"})
public record AgencyKey(
    @JsonProperty(required = true) String id,
    @JsonProperty(required = true) Ed25519VerifyingKey ed25519,
    @JsonProperty(value = "mldsa44", required = true) MlDsa44VerifyingKey mlDsa44,
    @JsonProperty(value = "not_before", required = true) Instant notBefore,
    @JsonProperty(value = "not_after", required = true) Instant notAfter) {

  public AgencyKey {
    String computed = new VerifyingPair(ed25519, mlDsa44).id();
    if (!id.equals(computed)) {
      throw new InvalidValue("the id of this pair must be " + computed, id);
    }
    if (!notAfter.isAfter(notBefore)) {
      throw new InvalidValue("not_after comes after not_before", notBefore + " to " + notAfter);
    }
  }

  /** Publishes a pair for a time. */
  public static AgencyKey of(VerifyingPair pair, Instant notBefore, Instant notAfter) {
    return new AgencyKey(pair.id(), pair.ed25519(), pair.mlDsa44(), notBefore, notAfter);
  }

  /** Both halves. */
  public VerifyingPair pair() {
    return new VerifyingPair(ed25519, mlDsa44);
  }

  /** Whether the key's validity covers this time. */
  public boolean validAt(Instant now) {
    return !now.isBefore(notBefore) && !now.isAfter(notAfter);
  }
}
