package org.entente.gateway.intake;

import org.entente.gateway.account.Accounts;

/**
 * Limits on drafts on their way into the ledger. They bound memory and keep one client from taking
 * the room of others.
 *
 * @param drafts drafts of all clients
 * @param clients the clients' accounts, with the limits of each and the bytes of all
 */
public record IntakeLimits(int drafts, Accounts clients) {
  public IntakeLimits {
    if (drafts < 1) {
      throw new IllegalArgumentException("limits of the intake must be at least 1");
    }
  }
}
