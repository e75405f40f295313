package org.entente.loadtests.bench;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.loadtests.measure.MeasurementFailure;
import org.entente.loadtests.measure.Spread;
import org.jspecify.annotations.Nullable;

/**
 * Results of a run. In JSON the medians of the target figures are at the top, null if not measured.
 * Then follow the setting, the notes, every figure with its repeats and spread, the targets with
 * their verdicts, and the curves. Not thread-safe.
 */
final class Results {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  private final Setting setting;
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final List<Curve> curves = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** Results of a run that begins in a setting. */
  Results(Setting setting) {
    this.setting = setting;
  }

  /** Adds a figure. */
  void add(Figure figure) {
    figures.put(figure.id(), figure);
  }

  /** Adds the ratio of two figures that were measured in turns, from the quotients of each turn. */
  Spread ratio(String id, String what, String above, String below) {
    List<Double> over = figure(above).spread().values();
    List<Double> under = figure(below).spread().values();
    List<Double> quotients = new ArrayList<>();
    for (int i = 0; i < Math.min(over.size(), under.size()); i++) {
      quotients.add(over.get(i) / under.get(i));
    }
    Spread spread = Spread.of(quotients);
    add(new Figure(id, "ratios", Subject.RATIO, what, "ratio", spread));
    return spread;
  }

  void add(Curve curve) {
    curves.add(curve);
  }

  /** Adds a note that readers of the figures must know; of several lines the first. */
  void note(String note) {
    note.lines().limit(1).forEach(notes::add);
  }

  /**
   * A measured figure.
   *
   * @throws MeasurementFailure if it was not measured
   */
  Figure figure(String id) {
    return find(id).orElseThrow(() -> new MeasurementFailure(id + " was not measured"));
  }

  Optional<Figure> find(String id) {
    return Optional.ofNullable(figures.get(id));
  }

  Setting setting() {
    return setting;
  }

  List<Figure> figures() {
    return List.copyOf(figures.values());
  }

  List<Curve> curves() {
    return Collections.unmodifiableList(curves);
  }

  List<String> notes() {
    return Collections.unmodifiableList(notes);
  }

  /** One JSON object. */
  String json() {
    ObjectNode root = JSON.createObjectNode();
    for (FigureTarget asked : FigureTarget.ALL) {
      @Nullable Double median =
          find(asked.id()).map(figure -> figure.spread().median()).orElse(null);
      root.put(asked.id(), median);
    }
    root.set("setting", JSON.valueToTree(setting));
    root.set("notes", JSON.valueToTree(notes));
    root.set("figures", JSON.valueToTree(figures.values()));
    root.set("asked", asked());
    root.set("curves", JSON.valueToTree(curves));
    return root.toPrettyString();
  }

  private ArrayNode asked() {
    ArrayNode all = JSON.createArrayNode();
    for (FigureTarget asked : FigureTarget.ALL) {
      ObjectNode one = JSON.valueToTree(asked);
      find(asked.id())
          .ifPresent(figure -> one.put("verdict", asked.judge(figure.spread().median()).words()));
      all.add(one);
    }
    return all;
  }

  /**
   * Reads results written by {@link #json()}.
   *
   * @throws UncheckedIOException if the file cannot be read as such
   */
  static Results read(Path file) {
    try {
      JsonNode root = JSON.readTree(file.toFile());
      if (!root.has("setting") || !root.has("figures")) {
        throw new IOException(file + " is no result of load-tests/run");
      }
      Results results = new Results(JSON.treeToValue(root.path("setting"), Setting.class));
      JSON.convertValue(root.path("figures"), new TypeReference<List<Figure>>() {})
          .forEach(results::add);
      JSON.convertValue(root.path("curves"), new TypeReference<List<Curve>>() {})
          .forEach(results::add);
      JSON.convertValue(root.path("notes"), new TypeReference<List<String>>() {})
          .forEach(results::note);
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalArgumentException e) {
      throw new UncheckedIOException(new IOException(file + ": " + e.getMessage(), e));
    }
  }
}
