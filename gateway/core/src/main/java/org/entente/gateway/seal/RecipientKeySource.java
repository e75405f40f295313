package org.entente.gateway.seal;

import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.PublishedKey;

/** Source of recipients' keys for sealing. Safe for use by many threads. */
@FunctionalInterface
public interface RecipientKeySource {
  /** The key in force at a time that ends last; empty if none is known or all have ended. */
  Optional<PublishedKey> keyOf(AgencyName recipient, long nowMs);
}
