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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An originator's consent by the commands that people use, between two gateways as processes: what
 * France sent to Germany goes on to the United States as long as France consents, and France hears
 * of it.
 */
final class ConsentIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String US = "us.cbp";
  private static final String HUB = "x.hub";
  private static final String WHY = "--justification=case 4 Js 12/26";

  @TempDir private Path folder;

  @Test
  void passingOn_needsConsent_isToldToTheOriginator_andEndsWithIt()
      throws IOException, InterruptedException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE, HUB, US));
      String message =
          Child.of(federation, FR, "declarations", "send", "--alerts", alert("first", DE))
              .out()
              .substring(0, 32);
      Child tail = Child.of(federation, DE, "desk", "tail", "--count", "1");
      assertTrue(tail.out().contains(message), tail.out() + tail.err());

      Child unasked = passOn(federation, message, "second");
      assertTrue(unasked.out().contains("CONSENT_REQUIRED"), unasked.out() + unasked.err());

      Child stranger = ask(federation, "auditor", message);
      assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());
      Child never = ask(federation, "desk", "00".repeat(16));
      assertTrue(never.err().contains("NOT_FOUND"), never.err());
      Child asked = ask(federation, "desk", message);
      assertTrue(asked.out().contains("requested from " + FR), asked.out() + asked.err());
      String consent = asked.out().substring(0, 32);

      String request = await("OPEN", () -> supervisor(federation, "consent", "list").out());
      assertTrue(request.contains(consent + "  OPEN"), request);
      assertTrue(request.contains("to us.cbp"), request);
      federation.kill(FR);
      federation.start(List.of(FR));
      Child granted = supervisor(federation, "consent", "grant", consent, "--officer=FR-118", WHY);
      assertTrue(granted.out().contains("granted to us.cbp"), granted.out() + granted.err());
      await("GRANTED", () -> own(federation));
      Child notice = Child.of(federation, FR, "desk", "tail", "--count", "1");
      assertTrue(notice.out().contains("CONSENT asked for " + message), notice.out());

      Child passed = passOn(federation, message, "third");
      assertEquals(0, passed.code(), passed.out() + passed.err());
      String next = passed.out().substring(0, 32);
      String used = await("PASSED_ON", () -> supervisor(federation, "track", message).out());
      assertTrue(used.contains("to us.cbp as " + next + " under consent " + consent), used);

      Child there = Child.of(federation, US, "desk", "tail", "--count", "1");
      assertTrue(there.out().contains(next), there.out() + there.err());
      assertTrue(there.out().contains("passed on with consent of " + FR), there.out());

      Child revoked =
          supervisor(
              federation,
              "consent",
              "revoke",
              consent,
              "--reason=the case is closed",
              "--officer=FR-118",
              WHY);
      assertTrue(revoked.out().startsWith("revoked at"), revoked.out() + revoked.err());
      await("REVOKED", () -> own(federation));
      Child late = passOn(federation, message, "fourth");
      assertTrue(
          late.out().contains("consent " + consent + " was revoked"), late.out() + late.err());
    }
  }

  private static Child supervisor(Federation federation, String... command) {
    return Child.of(federation, FR, "supervisor", command);
  }

  private static Child ask(Federation federation, String client, String message) {
    return Child.of(
        federation,
        DE,
        client,
        "consent",
        "ask",
        message,
        "--to=us.cbp",
        "--days=30",
        "--reason=seizure in Newark",
        "--officer=DE-7",
        WHY);
  }

  private static String own(Federation federation) {
    return Child.of(federation, DE, "desk", "consent", "list", "--asked-by-us", "--all").out();
  }

  private Child passOn(Federation federation, String message, String key) throws IOException {
    return Child.of(
        federation,
        DE,
        "declarations",
        "send",
        "--derived-from",
        message,
        "--alerts",
        alert(key, "us.cbp"));
  }

  /** A file with one alert under handling H2. */
  private String alert(String key, String to) throws IOException {
    Path file = folder.resolve(key + ".jsonl");
    Files.writeString(
        file,
        """
        {"publisher": "%s", "draft": {"idempotencyKey": "%s", "label": {"kind": "KIND_ALERT", "category": "CATEGORY_NARCOTICS", \
        "purpose": "PURPOSE_CUSTOMS_CONTROL", "classification": "CLASSIFICATION_RESTRICTED", \
        "handling": ["HANDLING_H2"]}, "body": {"alert": {"texts": [{"language": "en", \
        "headline": "Cocaine behind the cooling unit"}]}}, "to": {"agencies": ["%s"]}}}
        """
            .formatted(FR, key, to));
    return file.toString();
  }

  /** Asks until a line says something; returns that line. */
  private static String await(String wanted, Supplier<String> asking) {
    return Patience.untilSaid(asking, wanted)
        .lines()
        .filter(line -> line.contains(wanted))
        .findFirst()
        .orElseThrow();
  }
}
