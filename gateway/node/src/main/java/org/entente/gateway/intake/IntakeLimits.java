package org.entente.gateway.intake;

/**
 * Limits on drafts on their way into the ledger. They bound memory and keep one client from taking
 * the room of others.
 *
 * @param drafts drafts of all clients
 * @param bytes bytes of all clients' drafts
 * @param draftsOfOne drafts of one client
 * @param bytesOfOne bytes of one client's drafts; a client with nothing in progress may always
 *     submit one draft
 */
public record IntakeLimits(int drafts, long bytes, int draftsOfOne, long bytesOfOne) {
  public IntakeLimits {
    if (drafts < 1 || bytes < 1 || draftsOfOne < 1 || bytesOfOne < 1) {
      throw new IllegalArgumentException("limits of the intake must be at least 1");
    }
  }
}
