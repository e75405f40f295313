package org.entente.gateway.node.console;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.console.View.Frame;

/**
 * Rates and latency of one link, now and over the last hour.
 *
 * @param peer the shown one; empty if there is no link
 * @param peers all that can be shown
 * @param kinds what is measured, with its unit, in the order of the figures
 */
public record RatesView(
    Frame frame,
    String peer,
    List<String> peers,
    List<String> kinds,
    List<LaneNow> now,
    List<Past> past)
    implements View {
  public RatesView {
    peers = List.copyOf(peers);
    kinds = List.copyOf(kinds);
    now = List.copyOf(now);
    past = List.copyOf(past);
  }

  /** A lane, with a figure of each kind. */
  public record LaneNow(String lane, List<Figure> figures) {
    public LaneNow {
      figures = List.copyOf(figures);
    }
  }

  /**
   * A time.
   *
   * @param at in seconds since 1970
   * @param figures of each lane, each kind
   */
  public record Past(long at, String time, List<String> figures) {
    public Past {
      figures = List.copyOf(figures);
    }
  }

  @Override
  public String template() {
    return "rates.jte";
  }

  @Override
  public List<Figure> figures() {
    List<Figure> all = new ArrayList<>();
    now.forEach(lane -> all.addAll(lane.figures()));
    return all;
  }

  @Override
  public List<?> shape() {
    return List.of(peer);
  }

  @Override
  public List<String> scripts() {
    return List.of("rates.js");
  }
}
