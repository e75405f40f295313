package org.entente.gateway.seal.format;

import org.entente.gateway.model.Lane;

/**
 * Settled numbers of one epoch and lane: their origin no longer holds anything for them and never
 * will. Immutable.
 *
 * @param epoch generation of the numbering, from 1
 * @param lane lane
 * @param below every number below it is settled; from 2
 */
public record SettledNumbers(long epoch, Lane lane, long below) {
  public SettledNumbers {
    if (epoch < 1 || below < 2) {
      throw new IllegalArgumentException("settled below " + epoch + "/" + below);
    }
  }
}
