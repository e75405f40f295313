package org.entente.gateway.transmit;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.seal.ContentKey;
import org.entente.proto.store.v1.StoredEnvelope;

/** Whether mail that waited may still go: its agreement is in force and covers the recipient. */
@FunctionalInterface
public interface QueuedPermitCheck {
  /** Decided anew at transmission, by the policy in force then. */
  boolean test(String agreement, AgencyName recipient);

  /** Why the recipient cannot take it although the agreement is in force; empty if it can. */
  default Optional<Refusal> refusal(String agreement, AgencyName recipient) {
    return Optional.empty();
  }

  /**
   * Why what was sealed may not go to the recipient any more by what its labels say; empty if it
   * may.
   *
   * @param key its content key, which stays the caller's
   */
  default Optional<Refusal> refusal(StoredEnvelope envelope, ContentKey key, AgencyName recipient) {
    return Optional.empty();
  }
}
