package org.entente.gateway.testkit;

import java.security.SecureRandom;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.ledger.record.StoredNames;

/** Names at rest under a key that every ledger of a test has, so that a ledger opens again. */
public final class TestNames {
  private TestNames() {}

  /** The names. */
  public static StoredNames names() {
    return StoredNames.of(SecretBytes.takeOver(new byte[32]), new SecureRandom());
  }
}
