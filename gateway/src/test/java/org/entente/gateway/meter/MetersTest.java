package org.entente.gateway.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.junit.jupiter.api.Test;

class MetersTest {
  /** A gauge's samples are read from what a node knows; its name and labels are constants. */
  private static final Set<String> NOT_COUNTING = Set.of("gauge");

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

  private void count() {
    meters.published(Meters.Published.INVALID);
    meters.refused(Meters.Side.CLIENT, Code.INVALID_FIELD);
    meters.received(new AgencyName("fr.customs"), 3);
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
