package org.entente.loadtests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.entente.loadtests.measure.Spread;
import org.junit.jupiter.api.Test;

/** The table of counts, and what the system counts for it. */
final class MessageCountsTest {
  private static final int THREADS = 100;

  @Test
  void table_hasEachCountInTheColumnOfItsLoadAndSide() {
    Results results = new Results(new Setting("", "counts", "", "", 2, 1, "", "", "", 0, Map.of()));
    add(
        results,
        MessageCounts.id(
            MessageLoad.Kind.LONE, MessageCounts.Side.RECIPIENT, MessageCounts.Count.SCAN),
        8);
    add(
        results,
        MessageCounts.id(
            MessageLoad.Kind.PACKED, MessageCounts.Side.SENDER, MessageCounts.Count.ALLOCATED),
        43.21);

    List<String> table = MessageCounts.table(results);
    assertEquals(
        "| of a message | lone, sender | lone, recipient | packed, sender | packed, recipient |"
            + " mixed, sender | mixed, recipient |",
        table.get(0));
    assertTrue(table.contains("| iterators | – | 8.000 | – | – | – | – |"), table::toString);
    assertTrue(table.contains("| allocated, KiB | – | – | 43.2 | – | – | – |"), table::toString);
    assertTrue(table.contains("| commits | – | – | – | – | – | – |"), table::toString);

    List<String> page = Markdown.page(results, Map.of()).lines().toList();
    assertTrue(page.containsAll(table), page::toString);
    assertEquals(1, page.stream().filter(line -> line.contains("8.000")).count());
  }

  private static void add(Results results, String id, double value) {
    results.add(
        new Figure(
            id,
            MessageCounts.SCENARIO,
            Subject.ENTENTE,
            "what",
            "a message",
            Spread.of(List.of(value))));
  }

  @Test
  void usage_countsTimeOfThreads_andThoseThatWaited() throws InterruptedException {
    Usage usage = new Usage(ProcessHandle.current().pid());
    double ofAll = usage.threads().values().stream().mapToDouble(seconds -> seconds).sum();
    assertTrue(ofAll > 0 && ofAll <= usage.processor().toMillis() / 1e3 + 1, ofAll + " s");
    long before = usage.wakeUps();
    for (int i = 0; i < THREADS; i++) {
      Thread other = new Thread(() -> {});
      other.start();
      other.join();
    }
    assertTrue(usage.wakeUps() > before, before + " wake-ups before and after");
    double byThread = usage.wakeUpsByThread().values().stream().mapToDouble(it -> it).sum();
    assertTrue(byThread > before, byThread + " wake-ups by thread, more than " + before);
  }
}
