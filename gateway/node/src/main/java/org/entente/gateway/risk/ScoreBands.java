package org.entente.gateway.risk;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How scores are called: bands by where they begin, in thousandths. Immutable. */
public final class ScoreBands {
  private final NavigableMap<Integer, String> byStart;

  /** Bands by where they begin. */
  public ScoreBands(Map<Integer, String> byStart) {
    this.byStart = new TreeMap<>(byStart);
  }

  /** The band of a score; empty where none begins so low. */
  String of(int perMille) {
    Map.Entry<Integer, String> band = byStart.floorEntry(perMille);
    return band == null ? "" : band.getValue();
  }
}
