package org.entente.gateway.transmit;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.ContentKey;
import org.entente.proto.store.v1.StoredEnvelope;

/**
 * Checks whether queued mail may still be sent: its agreement is in force and covers the recipient.
 */
@FunctionalInterface
public interface QueuedPermitCheck {
  /** Decided again at transmission, by the policy in force then. */
  boolean test(String agreement, AgencyName recipient);

  /** Why the recipient cannot receive it although the agreement is in force; empty if it can. */
  default Optional<Refusal> refusal(String agreement, AgencyName recipient) {
    return Optional.empty();
  }

  /**
   * Why a sealed envelope may no longer go to the recipient because of its labels; empty if it may.
   *
   * @param key its content key, which the caller closes
   */
  default Optional<Refusal> refusal(StoredEnvelope envelope, ContentKey key, AgencyName recipient) {
    return Optional.empty();
  }
}
