package org.entente.gateway.intake;

/**
 * How much may be on its way into the ledger at once, so that memory stays bounded and one client
 * cannot take the room of others.
 *
 * @param drafts of all clients
 * @param bytes their size
 * @param draftsOfOne of one client
 * @param bytesOfOne their size; a client that has nothing on its way may always hand in one draft
 */
public record IntakeLimits(int drafts, long bytes, int draftsOfOne, long bytesOfOne) {
  public IntakeLimits {
    if (drafts < 1 || bytes < 1 || draftsOfOne < 1 || bytesOfOne < 1) {
      throw new IllegalArgumentException("limits of the intake are at least 1");
    }
  }
}
