package org.entente.gateway.sizing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SizingTest {
  private static final double EXACT = 1e-9;

  /** Round numbers, so that what follows from them can be reckoned in the head. */
  private static final Costs COSTS =
      new Costs(
          new Costs.Processor(100, 200, 10, 50, 1_000, 0.5, 0.25),
          new Costs.Wire(400, 0, 100, 1_000, 7_000, 10_000, 5_000),
          new Costs.Memory(100e6, 20_000, 10_000, 200_000, 1),
          new Costs.Disk(1_000, 500, 1_500, 300, 400, 2));

  private static Demand demand(int agencies, double rate, int recipients, boolean hub) {
    return new Demand(agencies, rate, 1_000, recipients, 30, hub, 0, 2);
  }

  private static Need agency(Demand demand) {
    return new Sizing(demand, COSTS).agency(false);
  }

  @Test
  void cores_ofAnAgency_areWhatItSendsAndReceives() {
    Need need = agency(demand(10, 4, 3, false));
    // 4 sent at 100 + 2 · 10, 12 received at 200.
    assertEquals((4 * 120 + 12 * 200) / 1e6, need.cores(), EXACT);
    assertEquals((4 * 120 * 0.5 + 12 * 200 * 0.25) / 1e6, need.writer(), EXACT);
  }

  @Test
  void links_meshOrHub_areAllOthersOrOne() {
    assertEquals(9, agency(demand(10, 1, 1, false)).links());
    assertEquals(1, agency(demand(10, 1, 1, true)).links());
    assertEquals(10, new Sizing(demand(10, 1, 1, true), COSTS).transit().links());
  }

  @Test
  void network_ofAnAgency_countsStanzasOnceOverAHub() {
    // Without witnesses: 2 messages a second, 3 recipients each, and answers to all of them.
    Need mesh = agency(demand(10, 2, 3, false));
    assertEquals(6 * 1_400 + 6_000, mesh.in(), EXACT);
    assertEquals(2 * 3 * 1_400 + 6_000, mesh.out(), EXACT);
    Need hub = agency(demand(10, 2, 3, true));
    assertEquals(2 * (1_400 + 2 * 100) + 6_000, hub.out(), EXACT);
  }

  @Test
  void transit_forTwiceTheAgencies_needsTwiceTheWork() {
    Need ten = new Sizing(demand(10, 1, 2, true), COSTS).transit();
    Need twenty = new Sizing(demand(20, 1, 2, true), COSTS).transit();
    assertEquals(2 * ten.cores(), twenty.cores(), EXACT);
    assertEquals(2 * ten.in(), twenty.in(), EXACT);
    assertEquals(2 * ten.out(), twenty.out(), EXACT);
    assertEquals(20 * 50 / 1e6, ten.cores(), EXACT);
  }

  @Test
  void disk_keepsBodiesForTheirRetentionAndRecordsForTheirs() {
    Need need = agency(demand(10, 1, 1, false));
    double day = 86_400 * 2.0;
    assertEquals(day * (1_000 + 500 + 1_500 + 1_000), need.diskPerDay(), 1e-3);
    assertEquals(day * (3_000 * 400.0 + 1_000 * 30.0), need.diskKept(), 1e-3);
  }

  @Test
  void witness_isAskedByAllOthersAtTheirPace() {
    Demand busy = new Demand(11, 10, 1_000, 1, 30, false, 3, 2);
    Sizing sizing = new Sizing(busy, COSTS);
    // Logs grow faster than every 2 s: half a checkpoint a second each.
    assertEquals(0.5 * 3 * 7_000, sizing.agency(false).witnessing(), EXACT);
    assertEquals((0.5 * 2 + 10 * 0.5) * 7_000, sizing.agency(true).witnessing(), EXACT);
    Demand quiet = new Demand(11, 0.01, 1_000, 1, 30, false, 3, 2);
    // And here slower: a checkpoint for each leaf.
    assertEquals(0.02 * 3 * 7_000, new Sizing(quiet, COSTS).agency(false).witnessing(), EXACT);
  }

  @Test
  void memory_growsWithMembersAndLinks() {
    Need mesh = agency(demand(100, 1, 1, false));
    assertEquals(100e6 + 2 * (100 * 20_000 + 99 * 10_000) + 99 * 200_000, mesh.memory(), EXACT);
    Need hub = agency(demand(100, 1, 1, true));
    assertEquals(100e6 + 2 * (101 * 20_000 + 10_000) + 200_000, hub.memory(), EXACT);
  }

  @Test
  void limits_areNamedWhereTheyAreExceededAndOnlyThere() {
    assertEquals(List.of(), new Sizing(demand(200, 1, 100, true), COSTS).exceeded());
    List<String> many = new Sizing(demand(600, 1, 300, false), COSTS).exceeded();
    assertTrue(many.contains("agencies in a trust bundle: 600, at most 512"), many::toString);
    assertTrue(many.contains("recipients of a message: 300, at most 256"), many::toString);
    Demand large = new Demand(10, 1, 2 << 20, 1, 30, false, 0, 2);
    assertTrue(new Sizing(large, COSTS).exceeded().get(0).contains("limits.message_bytes"), "size");
    List<String> fast = new Sizing(demand(10, 30_000, 1, false), COSTS).exceeded();
    assertTrue(fast.get(0).contains("more cores do not help"), fast::toString);
  }

  /** The file is what the command uses: complete, and every cost a positive number. */
  @Test
  void costs_ofThisRelease_areReadAndAbove0() {
    Costs measured = Costs.measured();
    for (Record part :
        List.of(measured.processor(), measured.wire(), measured.memory(), measured.disk())) {
      for (var component : part.getClass().getRecordComponents()) {
        try {
          double value = (double) component.getAccessor().invoke(part);
          assertTrue(value > 0, component.getName() + " is " + value);
        } catch (ReflectiveOperationException e) {
          throw new LinkageError(component.getName(), e);
        }
      }
    }
  }
}
