package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watch lists, related messages and feedback by the commands that people use, between two gateways
 * as processes of which one is killed while it watches.
 */
@Tag("extended")
@Tag("processes")
final class WatchIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String CONTAINER = "container:NVGU7305525";
  private static final String WHY = "--justification=case 12/26";
  private static final String OFFICER = "--officer=FR-12";

  @TempDir private Path folder;

  @Test
  void watch_survivesAKill_isHit_andWhatCameOfAMessageReachesItsOriginator()
      throws IOException, InterruptedException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE));
      watches(federation);
      federation.kill(FR);
      federation.start(List.of(FR));
      List<String> ids = send(federation, DE, "ZGR-2026-1180", FR);

      Child hits = await(() -> desk(federation, "watch", "hits", OFFICER, WHY), ids.get(1));
      assertEquals(3, hits.out().lines().count(), "headings and two hits: " + hits.out());
      assertTrue(hits.out().contains(CONTAINER), hits.out());
      assertTrue(hits.out().contains(ids.get(0)), hits.out());

      Child related = desk(federation, "related", ids.get(0), OFFICER, WHY);
      assertEquals(0, related.code(), related.err());
      assertTrue(related.out().contains("\n" + ids.get(1)), related.out());
      assertTrue(related.out().contains(CONTAINER), related.out());

      feedback(federation);
    }
  }

  private void watches(Federation federation) {
    Child added = desk(federation, "watch", "add", "--subject=" + CONTAINER, OFFICER, WHY);
    assertTrue(added.out().startsWith("watch 1 "), added.out() + added.err());
    Child everything = desk(federation, "watch", "add", "--subject=container:*", OFFICER, WHY);
    assertTrue(everything.err().contains("INVALID_FIELD"), everything.err());
    Child stranger = Child.of(federation, FR, "auditor", "watch", "list");
    assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());
  }

  private void feedback(Federation federation) throws IOException {
    String sent = send(federation, FR, "DNRED-2026-IPR-00440", DE).get(0);
    Child told =
        await(
            () -> feedback(federation, DE, sent, "--to=" + FR, "--result=NOTHING_FOUND"),
            "to [" + FR);
    String answer = told.out().substring(0, 32);
    Child found =
        await(() -> desk(federation, "search", "--in-reply-to=" + sent, OFFICER, WHY), answer);
    assertTrue(found.out().contains("FEEDBACK"), found.out());
    Child opened = desk(federation, "open", answer, OFFICER, WHY);
    assertTrue(opened.out().contains("NOTHING_FOUND on 2026-03-02"), opened.out());

    Child never = feedback(federation, DE, "00".repeat(16), "--to=" + FR, "--result=NOTHING_FOUND");
    assertTrue(never.err().contains("NOT_FOUND"), never.out() + never.err());
    Child elsewhere = feedback(federation, DE, sent, "--to=us.cbp", "--result=NOTHING_FOUND");
    assertTrue(elsewhere.err().contains("must be " + FR), elsewhere.err());
  }

  private static Child feedback(
      Federation federation, String agency, String message, String... more) {
    String[] command = new String[more.length + 6];
    command[0] = "feedback";
    command[1] = message;
    System.arraycopy(more, 0, command, 2, more.length);
    command[more.length + 2] = "--date=2026-03-02";
    command[more.length + 3] = "--category=IPR";
    command[more.length + 4] = "--purpose=IPR_ENFORCEMENT";
    command[more.length + 5] = "--classification=RESTRICTED";
    return Child.of(federation, agency, "declarations", command);
  }

  /** Sends the sample of a case twice; the ids. */
  private List<String> send(Federation federation, String agency, String caseRef, String to)
      throws IOException {
    Path samples = ConfigurationHome.find().samples().resolve("ipr.jsonl");
    String draft =
        Files.readAllLines(samples).stream()
            .filter(line -> line.contains(caseRef))
            .findFirst()
            .orElseThrow();
    Path alerts = folder.resolve(caseRef + ".jsonl");
    Files.write(
        alerts,
        List.of(
            draft, draft.replaceFirst("\"idempotencyKey\": \"", "\"idempotencyKey\": \"again-")));
    Child sent =
        Child.of(federation, agency, "declarations", "send", "--alerts", alerts.toString());
    List<String> ids =
        sent.out().lines().filter(line -> line.contains(to)).map(l -> l.substring(0, 32)).toList();
    assertEquals(2, ids.size(), sent.out() + sent.err());
    return ids;
  }

  /** Asks again until it says so. */
  private static Child await(Supplier<Child> command, String wanted) {
    return Patience.until(command, child -> child.out().contains(wanted));
  }

  private static Child desk(Federation federation, String... command) {
    return Child.of(federation, FR, "desk", command);
  }
}
