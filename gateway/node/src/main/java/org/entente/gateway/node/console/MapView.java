package org.entente.gateway.node.console;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.node.console.View.Figure;
import org.entente.gateway.node.console.View.Frame;

/**
 * The agencies of the federation, and whether mail can flow to each.
 *
 * @param agency this agency
 */
public record MapView(Frame frame, String agency, Figure summary, List<Place> places)
    implements View {
  public MapView {
    places = List.copyOf(places);
  }

  /**
   * An agency.
   *
   * @param role what it is to this gateway
   * @param hops the linked peers that lead there; the agency itself if it is linked
   * @param link the state of the link to it
   * @param flow whether mail can flow there
   */
  public record Place(String agency, String role, List<String> hops, Figure link, Figure flow) {
    public Place {
      hops = List.copyOf(hops);
    }

    /** The ways there in words. */
    public String way() {
      return hops.isEmpty()
          ? "none"
          : hops.contains(agency) ? "direct" : "by " + String.join(", or ", hops);
    }
  }

  @Override
  public String template() {
    return "map.jte";
  }

  @Override
  public List<Figure> figures() {
    List<Figure> all = new ArrayList<>(List.of(summary));
    places.forEach(place -> all.addAll(List.of(place.link(), place.flow())));
    return all;
  }

  @Override
  public List<?> shape() {
    return places.stream()
        .map(place -> place.agency() + " " + place.role() + " " + place.hops())
        .toList();
  }

  @Override
  public List<String> scripts() {
    return List.of("map.js");
  }
}
