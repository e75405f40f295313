package org.entente.gateway.testkit;

import java.util.Optional;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.transmit.OutboxKeys;

/** An outbox that has one key for all days. */
record OneOutboxKey(SecretBytes key) implements OutboxKeys {
  private static final String ID = "only";

  @Override
  public NamedKey current() {
    return new NamedKey(ID, key);
  }

  @Override
  public Optional<SecretBytes> find(String id) {
    return id.equals(ID) ? Optional.of(key) : Optional.empty();
  }
}
