package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.entente.certsdev.MintedFederation;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.trust.Member;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.OwnBundles;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agency's pairs are replaced while its gateway runs: no restart, and no stream ends. */
@Tag("extended")
@Tag("rotation")
final class PairRotationIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private int published;

  @Test
  void pairs_replacedWhileRunning_mailAndAuditGoOnOverTheSameStreams() throws IOException {
    try (Federation federation = Federation.mint(ConfigurationHome.find(), folder)) {
      federation.start(List.of(FR, DE));
      MessageId first = deliver(federation);
      List<String> before = inUse(show(federation));
      assertEquals(2, before.size());

      Path file = folder.resolve("fr.customs.join");
      String aMinuteAgo = Instant.now().minus(Duration.ofMinutes(1)).toString();
      String why = "--justification=yearly renewal";
      Child stranger = call(federation, "records", "keys", "show");
      assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());
      Child nobody =
          operator(federation, "keys", "renew", why, "--officer= ", "--out", file.toString());
      assertTrue(nobody.err().contains("on_behalf_of.officer"), nobody.err());
      assertFalse(Files.exists(file));
      Child renewed =
          operator(
              federation,
              "keys",
              "renew",
              why,
              "--officer=FR-3",
              "--from",
              aMinuteAgo,
              "--days=5",
              "--out",
              file.toString());
      assertEquals(0, renewed.code(), renewed.err());
      deliver(federation);
      assertEquals(before, inUse(show(federation)));

      Member both = CeremonyFiles.request(file).agency();
      MintedFederation minted =
          MintedFederation.open(folder.resolve("federation"), InstantSource.system())
              .publish(InstantSource.system(), edit -> edit.put(both));
      List<String> after =
          inUse(
              Patience.until(
                  () -> show(federation),
                  lines -> inUse(lines).stream().noneMatch(before::contains)));
      assertEquals(2, after.size());
      deliver(federation);

      minted = minted.publish(InstantSource.system(), edit -> edit.put(OwnBundles.onlyNew(both)));
      Patience.until(
          () -> show(federation),
          lines -> lines.stream().anyMatch(line -> line.endsWith("trust bundle version 3")));
      deliver(federation);

      Child verified = verifyLog(federation, minted);
      assertEquals(0, verified.code(), verified.out() + verified.err());
      prove(federation, first, minted);
      for (String agency : List.of(FR, DE)) {
        for (String line : Files.readAllLines(federation.plan(agency).log())) {
          assertFalse(line.contains("stream ended"), line);
          assertTrue(line.startsWith("{"), "not a line of JSON: " + line);
        }
      }

      federation.kill(FR);
      federation.start(List.of(FR));
      assertEquals(after, inUse(show(federation)));
      deliver(federation);
    }
  }

  /** One message from publisher to subscriber. */
  private MessageId deliver(Federation federation) {
    published++;
    String headline = "Unsafe toys " + published;
    MessageId id =
        Publications.accepted(
            federation.channel(FR, "declarations"), Publications.draft(DE, headline));
    Child tail =
        Child.here(
            "tail",
            "--count=1",
            "--gateway",
            federation.plan(DE).clients(),
            "--credentials",
            federation.credentials(DE, "desk").toString());
    assertTrue(tail.out().contains(headline), tail.out() + tail.err());
    return id;
  }

  /** The word on the log, once the gateway serves a checkpoint, which its witness has to cosign. */
  private static Child verifyLog(Federation federation, MintedFederation minted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Child verified =
          call(
              federation,
              "auditor",
              "audit",
              "verify",
              "--bundle",
              minted.bundleFile().toString(),
              "--roots",
              minted.rootsFile().toString());
      if (!verified.err().contains("serves no checkpoint") || System.nanoTime() > end) {
        return verified;
      }
      Patience.pause();
    }
  }

  /** A message from before is vouched for by the pair of now, once its checkpoint is cosigned. */
  private void prove(Federation federation, MessageId message, MintedFederation minted) {
    String file = folder.resolve(message + ".proof").toString();
    Child proved =
        Patience.until(
            () ->
                call(
                    federation,
                    "auditor",
                    "audit",
                    "prove",
                    message.toString(),
                    "--officer=FR-9",
                    "--justification=court order 41/26",
                    "--out",
                    file),
            answer -> !answer.err().contains("NOT_READY"));
    assertEquals(0, proved.code(), proved.err());
    Child verified =
        Child.here("audit", "verify-proof", file, "--roots", minted.rootsFile().toString());
    assertEquals(0, verified.code(), verified.out() + verified.err());
  }

  private static List<String> show(Federation federation) {
    Child shown = operator(federation, "keys", "show");
    assertEquals(0, shown.code(), shown.err());
    // The headline is on standard error, and ends with the version of the trust bundle.
    return Stream.concat(shown.out().lines(), shown.err().lines()).toList();
  }

  /** Use and id of the pairs in use. */
  private static List<String> inUse(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("in use"))
        .map(line -> line.substring(0, line.indexOf("in use")).strip())
        .toList();
  }

  private static Child operator(Federation federation, String... command) {
    return call(federation, "operator", command);
  }

  private static Child call(Federation federation, String client, String... command) {
    return Child.of(federation, FR, client, command);
  }
}
