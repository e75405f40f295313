package org.entente.loadtests.isolation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Machine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code load-tests/isolation}: what would take the good peer's throughput away,
 * such as waiting for the other, shows by far more than a busy machine does.
 */
@Tag("extended")
@Tag("isolation")
final class IsolationIT {
  private static final double LEAST_RATIO = 0.4;
  private static final double MOST_HEAP_GROWTH = 1.6;
  private static final long MOST_RESIDENT_GROWTH = 256L << 20;

  /** They were there and had their answers. */
  private static final Pattern HOSTILE =
      Pattern.compile(
          "hostile clients: [1-9]\\d* streams reset, [1-9]\\d* drafts refused;"
              + " [1-9]\\d* streams reset, [1-9]\\d* drafts refused");

  private static final Pattern IDLE = Pattern.compile("the idle subscriber read [1-9]\\d* ");

  @TempDir private Path folder;

  @Test
  void
      neighbourOrClient_deadSlowStuckOrHostile_changesNobodyElsesThroughput_andAQueueCostsNoMemory()
          throws Exception {
    try (Federation federation =
        Federation.mint(ConfigurationHome.find(), folder, Machine.GATEWAY)) {
      StringBuilder said = new StringBuilder();
      Isolation isolation = new Isolation(federation, line -> said.append(line).append('\n'));
      try {
        Map<Isolation.Neighbour, Double> ratios = isolation.ratios(800, 2);
        ratios.forEach(
            (neighbour, ratio) ->
                assertTrue(ratio >= LEAST_RATIO, () -> neighbour + " " + ratio + "\n" + said));
        assertEquals(Set.of(Isolation.Neighbour.values()), ratios.keySet(), said::toString);
        String saidOfClients = said.toString();
        assertTrue(HOSTILE.matcher(saidOfClients).find(), saidOfClients);
        assertTrue(IDLE.matcher(saidOfClients).find(), saidOfClients);
        Backlog backlog = isolation.queue(5_000);
        assertTrue(backlog.heapGrowth() <= MOST_HEAP_GROWTH, () -> backlog + "\n" + said);
        assertTrue(backlog.residentGrowth() <= MOST_RESIDENT_GROWTH, () -> backlog + "\n" + said);
        assertEquals(0, backlog.repeated());
      } finally {
        isolation.close();
      }
    }
  }

  /** Threat 22: a middle box forgets a connection and tells neither end. */
  @Test
  void connectionThatForwardsNothingAndStaysOpen_isNoticedAndReplaced() throws Exception {
    try (Federation federation =
            Federation.mint(ConfigurationHome.find(), folder, Machine.QUICK_START);
        Relay relay = Relay.to(String.valueOf(federation.plan("de.customs").peers()))) {
      relay.between(federation.plan("fr.customs").config());
      federation.start(List.of("fr.customs", "de.customs"));
      WarningStream stream = new WarningStream(federation, "fr.customs", "de.customs", "half-open");
      WarningStream back = new WarningStream(federation, "de.customs", "fr.customs", "back");
      stream.subscribe();
      back.subscribe();
      stream.send();
      back.send();
      stream.awaitArrived(1);
      back.awaitArrived(1);
      relay.abandon();
      for (int i = 0; i < 20; i++) {
        stream.send();
        back.send();
      }
      stream.awaitArrived(21);
      back.awaitArrived(21);
      assertEquals(0, stream.repeated());
      assertEquals(0, back.repeated());
    }
  }
}
