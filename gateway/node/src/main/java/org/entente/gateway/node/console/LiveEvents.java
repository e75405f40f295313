package org.entente.gateway.node.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.node.console.View.Figure;

/**
 * Events of one open page: the figures that changed since the last event. For one thread at a time.
 */
final class LiveEvents {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Figure> sent = new HashMap<>();
  private boolean ended;

  /** The event for a view, if its viewer may stay; else one that says so, then none. */
  Optional<String> next(boolean mayStay, Supplier<View> view, Instant now) {
    if (ended) {
      return Optional.empty();
    }
    ended = !mayStay;
    return Optional.of(ended ? "event: ended\ndata: {}\n\n" : event(view.get(), now));
  }

  private String event(View view, Instant now) {
    ObjectNode event = JSON.createObjectNode();
    event.put("shape", view.shapeName());
    event.put("at", now.toString());
    ArrayNode figures = event.putArray("figures");
    for (Figure figure : view.figures()) {
      if (!figure.equals(sent.put(figure.id(), figure))) {
        figures.addArray().add(figure.id()).add(figure.state()).add(figure.text());
      }
    }
    return "event: figures\ndata: " + event + "\n\n";
  }
}
