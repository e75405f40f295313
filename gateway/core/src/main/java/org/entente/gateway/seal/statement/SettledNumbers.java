package org.entente.gateway.seal.statement;

import org.entente.gateway.model.Lane;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;

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

  static SettledNumbers read(FieldReader in) {
    return new SettledNumbers(in.number(1), in.lane(), in.number(2));
  }

  void write(FieldWriter out) {
    out.u64(epoch).u8(lane.number()).u64(below);
  }
}
