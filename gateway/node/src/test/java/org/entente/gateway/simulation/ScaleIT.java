package org.entente.gateway.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.entente.gateway.simulation.ScaleFederation.Shape;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Laws of growth that hold whatever the machine does; {@code load-tests/scale} has the rest. */
@Tag("extended")
@Tag("scale")
class ScaleIT {
  private static final int SMALL = 5;
  private static final int LARGE = 10;

  /** Traffic that time, not the number of agencies, has a part in. */
  private static final double NEARLY = 0.25;

  @TempDir private static Path folder;
  private static final Map<Shape, Map<ScaleQuantity, Double>> SMALL_ONES =
      new EnumMap<>(Shape.class);
  private static final Map<Shape, Map<ScaleQuantity, Double>> LARGE_ONES =
      new EnumMap<>(Shape.class);

  @BeforeAll
  static void measure() throws IOException {
    for (Shape shape : Shape.values()) {
      SMALL_ONES.put(shape, measured(shape, SMALL));
      LARGE_ONES.put(shape, measured(shape, LARGE));
    }
  }

  private static Map<ScaleQuantity, Double> measured(Shape shape, int agencies) throws IOException {
    Map<ScaleQuantity, Double> values = new EnumMap<>(ScaleQuantity.class);
    Path own = Files.createDirectory(folder.resolve(shape + "-" + agencies));
    ScaleMeasurement.of(shape, agencies, own)
        .forEach(point -> values.put(point.quantity(), point.value()));
    return values;
  }

  private static double small(Shape shape, ScaleQuantity quantity) {
    return SMALL_ONES.getOrDefault(shape, Map.of()).getOrDefault(quantity, Double.NaN);
  }

  private static double large(Shape shape, ScaleQuantity quantity) {
    return LARGE_ONES.getOrDefault(shape, Map.of()).getOrDefault(quantity, Double.NaN);
  }

  /** In a mesh somebody may hear of it first from a neighbour that has just been handed it. */
  @Test
  void bundle_reachesAll_inAHandOverOrTwoOfAMeshAndTwoOverATransit() {
    assertTrue(small(Shape.MESH, ScaleQuantity.GOSSIP_ROUNDS) <= 2);
    assertTrue(large(Shape.MESH, ScaleQuantity.GOSSIP_ROUNDS) <= 2);
    assertEquals(2, small(Shape.HUB, ScaleQuantity.GOSSIP_ROUNDS));
    assertEquals(2, large(Shape.HUB, ScaleQuantity.GOSSIP_ROUNDS));
  }

  /** Nobody is handed it twice: as many copies as there are nodes that lacked it. */
  @Test
  void bundle_isHandedToEachOnce() {
    for (Shape shape : Shape.values()) {
      int others = shape == Shape.MESH ? LARGE - 1 : LARGE;
      double copies =
          large(shape, ScaleQuantity.GOSSIP_BYTES) / large(shape, ScaleQuantity.BUNDLE_BYTES);
      assertEquals(others, copies, others * 0.05, shape + ": copies of the bundle");
    }
  }

  @Test
  void message_toAll_isOneHopMessageForEachLinkAndAStanzaForEachRecipientAndHop() {
    assertEquals(LARGE - 1, large(Shape.MESH, ScaleQuantity.FANOUT_HOPS));
    assertEquals(LARGE - 1, large(Shape.MESH, ScaleQuantity.FANOUT_STANZAS));
    assertEquals(LARGE, large(Shape.HUB, ScaleQuantity.FANOUT_HOPS));
    assertEquals(2 * (LARGE - 1), large(Shape.HUB, ScaleQuantity.FANOUT_STANZAS));
  }

  /** A later message carries no announcements, and its origin sends its content once. */
  @Test
  void message_toAllOverATransit_isSentOnce() {
    for (Shape shape : Shape.values()) {
      double first = large(shape, ScaleQuantity.FANOUT_FIRST_BYTES);
      double later = large(shape, ScaleQuantity.FANOUT_BYTES);
      assertTrue(later < first, shape + ": " + later + " and at first " + first);
    }
    double small = small(Shape.HUB, ScaleQuantity.FANOUT_ORIGIN_BYTES);
    double large = large(Shape.HUB, ScaleQuantity.FANOUT_ORIGIN_BYTES);
    assertTrue(large < small * LARGE / SMALL * 0.75, small + " bytes, and then " + large);
  }

  @Test
  void transit_forAMessage_doesTheSameHoweverManyAgenciesThereAre() {
    linear(ScaleQuantity.HUB_ENVELOPES_EACH, Shape.HUB, 1);
    linear(ScaleQuantity.HUB_BYTES_EACH, Shape.HUB, 1);
    linear(ScaleQuantity.HUB_ENVELOPES, Shape.HUB, (double) LARGE / SMALL);
  }

  @Test
  void witness_isAskedByEachLogAtItsPace() {
    double shareOfLogs = (LARGE - 1.0) / (SMALL - 1.0);
    linear(ScaleQuantity.WITNESS_REQUESTS, Shape.MESH, shareOfLogs);
    linear(ScaleQuantity.WITNESS_EXCHANGE_BYTES, Shape.MESH, 1);
    linear(ScaleQuantity.WITNESS_HUB_BYTES, Shape.HUB, (LARGE + 1.0) / (SMALL + 1.0));
  }

  private static void linear(ScaleQuantity quantity, Shape shape, double growth) {
    double expected = small(shape, quantity) * growth;
    double found = large(shape, quantity);
    assertEquals(expected, found, expected * NEARLY, quantity + " of " + shape);
  }
}
