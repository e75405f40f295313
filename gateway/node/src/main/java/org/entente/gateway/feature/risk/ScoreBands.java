package org.entente.gateway.feature.risk;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Names score bands, each by its start in thousandths. Immutable. */
public final class ScoreBands {
  private final NavigableMap<Integer, String> byStart;

  /** Bands by their start. */
  public ScoreBands(Map<Integer, String> byStart) {
    this.byStart = new TreeMap<>(byStart);
  }

  /** The band of a score; empty if none begins at or below it. */
  String of(int perMille) {
    Map.Entry<Integer, String> band = byStart.floorEntry(perMille);
    return band == null ? "" : band.getValue();
  }
}
