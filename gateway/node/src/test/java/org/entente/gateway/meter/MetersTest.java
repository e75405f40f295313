package org.entente.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.HostileText;
import org.junit.jupiter.api.Test;

class MetersTest {
  /** A gauge's samples are read from what a node knows; its name and labels are constants. */
  private static final Set<String> NOT_COUNTING = Set.of("gauge", "counter", "values");

  private final Meters meters = new Meters();

  /**
   * Threat 64: what is counted says of what by values of bounded sets. No free text, which a client
   * or a peer could choose, can become a label.
   */
  @Test
  void labels_areOfBoundedSets() {
    List<Method> counting =
        Arrays.stream(Meters.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .filter(method -> !NOT_COUNTING.contains(method.getName()))
            .toList();
    assertTrue(counting.size() > 15);
    for (Method method : counting) {
      for (Class<?> type : method.getParameterTypes()) {
        assertTrue(
            type.isPrimitive()
                || Enum.class.isAssignableFrom(type)
                || type == AgencyName.class
                || type == Lane.class,
            method + " takes a " + type.getSimpleName());
      }
    }
  }

  /** Threat 64: whatever a gauge's label says stays within its sample, by the real encoder. */
  @Test
  void gauge_withHostileLabels_isOneLineForEachSample() {
    List<String> hostile =
        Stream.concat(HostileText.allAndHalf().stream(), Stream.of("ends with \\")).toList();
    meters.gauge(
        "entente_hostile",
        "A gauge.",
        List.of("peer"),
        () -> hostile.stream().map(label -> new Meters.Sample(List.of(label), 7)).toList());
    List<String> lines =
        Stream.of(meters.text().split("\n"))
            .filter(line -> line.startsWith("entente_hostile{"))
            .toList();
    assertEquals(hostile.size(), lines.size(), lines::toString);
    for (String line : lines) {
      assertTrue(line.endsWith("\",} 7.0"), line);
    }
    assertFalse(meters.text().contains("\nentente_forged"));
  }

  /** The same kind of thing again makes no further series. */
  @Test
  void series_areAsManyAsTheirLabels() {
    count();
    long series = entente();
    for (int i = 0; i < 1_000; i++) {
      count();
    }
    assertEquals(series, entente());
    meters.refused(Meters.Side.PEER, Code.NO_ROUTE);
    assertEquals(series + 1, entente());
  }

  /** What counts messages is told apart by a label of two values, and by no more. */
  @Test
  void exercises_areSeriesOfTheirOwn_twoOfEach() {
    AgencyName fr = new AgencyName("fr.customs");
    for (int i = 0; i < 3; i++) {
      for (boolean exercise : new boolean[] {false, true, true}) {
        meters.published(Meters.PublishResult.ACCEPTED, exercise);
        meters.received(fr, 2, exercise);
        meters.delivered(false, exercise);
        meters.watchHit(exercise);
        meters.scored(Meters.ScoreChange.FIRST, exercise);
      }
    }
    for (String series :
        List.of(
            "entente_published_total{outcome=\"accepted\",exercise=\"%s\",} %s",
            "entente_delivered_total{kind=\"first\",exercise=\"%s\",} %s",
            "entente_watch_hits_total{exercise=\"%s\",} %s",
            "entente_scores_total{result=\"first\",exercise=\"%s\",} %s")) {
      assertTrue(meters.text().contains(series.formatted("false", "3.0")), series);
      assertTrue(meters.text().contains(series.formatted("true", "6.0")), series);
    }
    assertTrue(meters.text().contains("origin=\"fr.customs\",exercise=\"true\",} 12.0"));
    assertEquals(
        10,
        meters
            .text()
            .lines()
            .filter(it -> it.contains("exercise=\""))
            .filter(it -> !it.contains("_created"))
            .count());
  }

  private void count() {
    meters.published(Meters.PublishResult.INVALID, false);
    meters.refused(Meters.Side.CLIENT, Code.INVALID_FIELD);
    meters.received(new AgencyName("fr.customs"), 3, false);
    meters.mishap(Meters.Step.RECEIVING);
  }

  private long entente() {
    return meters
        .text()
        .lines()
        .filter(line -> line.startsWith("entente_") && !line.contains("_created"))
        .count();
  }
}
