package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publisher follows its message by the commands that people use, over three processes. */
@Tag("extended")
@Tag("processes")
final class EvidenceIT {
  private static final String FR = "fr.customs";
  private static final String HUB = "x.hub";
  private static final String SG = "sg.police";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir private Path folder;

  /** The transit and the origin are killed while it is on its way. */
  @Test
  void message_isFollowedAcrossATransit_toTheClientThatOpensIt() throws Exception {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, HUB, SG));
      String first = send(federation, 0);
      tail(federation);
      Patience.untilSaid(() -> track(federation, first), "RETRIEVAL ");
      federation.kill(SG);
      String id = send(federation, 1);
      Patience.untilSaid(() -> track(federation, id), "RELAY_ACCEPTANCE ");
      assertTrue(track(federation, id).contains("sg.police  RELAYED"), track(federation, id));
      federation.kill(HUB);
      federation.kill(FR);
      federation.start(List.of(HUB, FR));

      CompletableFuture<Child> follower =
          CompletableFuture.supplyAsync(
              () -> Child.of(federation, FR, "supervisor", "track", id, "--follow"));
      federation.start(List.of(SG));
      tail(federation);
      Child followed = follower.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertEquals(0, followed.code(), followed.err());
      String speed = "sent in lane IMMEDIATE, precedence IMMEDIATE (STANAG 4406: 3, from its lane)";
      assertTrue(track(federation, id).startsWith(speed), track(federation, id));
      assertTrue(track(federation, id).endsWith("\n" + followed.out()), followed.out());
      assertInOrder(
          followed.out(),
          "SUBMISSION_ACCEPTANCE  by fr.customs",
          "RELAY_ACCEPTANCE       by x.hub        for sg.police",
          "DELIVERY               by sg.police",
          "RETRIEVAL              by sg.police     client desk",
          "sg.police  RETRIEVED");
      Child unopened = Child.of(federation, FR, "supervisor", "unopened");
      assertEquals(0, unopened.code(), unopened.err());
      assertEquals("", unopened.out(), "its lane has longer than this test takes");
    }
  }

  private static void assertInOrder(String text, String... wanted) {
    int at = 0;
    for (String one : wanted) {
      int found = text.indexOf(one, at);
      assertTrue(found >= at, "no " + one + " there in\n" + text);
      at = found + one.length();
    }
  }

  private static void tail(Federation federation) {
    Child tail = Child.of(federation, SG, "desk", "tail", "--count", "1");
    assertEquals(0, tail.code(), tail.err());
  }

  private static String track(Federation federation, String id) {
    Child track = Child.of(federation, FR, "supervisor", "track", id);
    assertEquals(0, track.code(), track.err());
    return track.out();
  }

  /** Publishes the sample that goes to nobody but Singapore, under a key of its own; its id. */
  private String send(Federation federation, int which) throws IOException {
    String draft =
        Files.readAllLines(ConfigurationHome.find().samples().resolve("ipr.jsonl")).stream()
            .filter(line -> line.contains("\"ipr-2026-0001\""))
            .findFirst()
            .orElseThrow()
            .replace("ipr-2026-0001", "ipr-2026-0001-" + which);
    Path alerts = folder.resolve("alert-" + which + ".jsonl");
    Files.writeString(alerts, draft + "\n");
    Child sent = Child.of(federation, FR, "declarations", "send", "--alerts", alerts.toString());
    return sent.out()
        .lines()
        .filter(line -> line.contains("to [sg.police"))
        .map(line -> line.substring(0, 32))
        .findFirst()
        .orElseThrow(() -> new AssertionError(sent.out() + sent.err()));
  }
}
