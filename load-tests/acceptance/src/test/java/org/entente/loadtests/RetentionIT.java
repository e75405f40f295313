package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recall, hold and erasure by the commands that people use, between two gateways as processes. */
@Tag("extended")
@Tag("processes")
final class RetentionIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";

  @TempDir private Path folder;

  @Test
  void message_isHeldRecalledReleased_andAnotherErased() throws IOException, InterruptedException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE));
      List<String> ids = send(federation);
      String recalled = ids.get(0);
      String erased = ids.get(1);
      Child tail = Child.of(federation, DE, "desk", "tail", "--count", String.valueOf(ids.size()));
      assertEquals(0, tail.code(), tail.err());
      awaitLine(federation, recalled, "RETRIEVAL");

      String why = "--justification=case 4 Js 12/26";
      Child stranger = Child.of(federation, DE, "desk", "erase", erased, "--officer=DE-7", why);
      assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());

      assertEquals(0, records(federation, "hold", "place", recalled, "--officer=DE-7", why).code());
      Child recall =
          Child.of(
              federation, FR, "supervisor", "recall", recalled, "--officer=FR-118", "--reason=x y");
      assertTrue(recall.out().contains(DE), recall.out() + recall.err());
      Child told = Child.of(federation, DE, "desk", "tail", "--count", "1");
      assertTrue(told.out().contains("RECALL of " + recalled + ": x y"), told.out() + told.err());
      awaitLine(federation, recalled, "ON_LEGAL_HOLD");
      String holds = records(federation, "hold", "list").out();
      assertTrue(holds.contains("recalled  case 4 Js 12/26"), holds);
      Child refused = records(federation, "erase", recalled, "--officer=DE-7", why);
      assertTrue(refused.err().contains("ON_LEGAL_HOLD"), refused.err());

      federation.kill(DE);
      federation.start(List.of(DE));

      Child released = records(federation, "hold", "release", recalled, "--officer=DE-7", why);
      assertTrue(released.out().contains("erased at"), released.out() + released.err());
      assertEquals("", records(federation, "hold", "list").out());
      String answer =
          awaitLine(federation, recalled, "ERASURE                by de.customs    retr");
      assertTrue(answer.contains("retrieved before by desk"), answer);

      Child gone = records(federation, "erase", erased, "--officer=DE-7", why);
      assertTrue(gone.out().startsWith("erased at"), gone.out() + gone.err());
      Child again =
          Child.of(
              federation, DE, "desk", "tail", "--cursor", "fresh", "--from", "1", "--count", "1");
      assertFalse(again.out().contains(erased), again.out());
      assertTrue(
          records(federation, "erase", "00".repeat(16), "--officer=DE-7", why)
              .err()
              .contains("NOT_FOUND"));
    }
  }

  private List<String> send(Federation federation) throws IOException {
    Path samples = ConfigurationHome.find().samples();
    Path alerts = folder.resolve("two.jsonl");
    List<String> drafts = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(samples, "*.jsonl")) {
      for (Path file : files) {
        drafts.addAll(Files.readAllLines(file));
      }
    }
    drafts.removeIf(line -> !line.contains("\"publisher\": \"" + FR) || !line.contains(DE));
    Files.write(alerts, drafts);
    Child sent = Child.of(federation, FR, "declarations", "send", "--alerts", alerts.toString());
    List<String> ids =
        sent.out().lines().filter(line -> line.contains(DE)).map(l -> l.substring(0, 32)).toList();
    assertTrue(ids.size() >= 2, sent.out() + sent.err());
    return ids;
  }

  /** Asks until evidence of a message has such a line, which it returns. */
  private static String awaitLine(Federation federation, String id, String wanted) {
    String seen =
        Patience.untilSaid(() -> Child.of(federation, FR, "supervisor", "track", id).out(), wanted);
    return seen.lines().filter(line -> line.contains(wanted)).findFirst().orElseThrow();
  }

  private static Child records(Federation federation, String... command) {
    return Child.of(federation, DE, "records", command);
  }
}
