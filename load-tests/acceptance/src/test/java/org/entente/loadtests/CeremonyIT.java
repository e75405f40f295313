package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.FreePorts;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StepRunner;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/operate/ceremony.md from its first line to its last, with the page's own commands: each
 * version is put in place at one gateway and reaches the others while they run and mail goes on.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Tag("extended")
@Tag("ceremony")
final class CeremonyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String VERSION = "entente_trust_bundle_version";
  private static final String LOOPBACK = "127.0.0.1:";

  @TempDir private Path folder;
  private final Map<String, String> replaced = new LinkedHashMap<>();
  private Path pilot;
  private final FreePorts ports = new FreePorts(new SecureRandom());
  private StepRunner steps;
  private int published;
  private int toDe;

  @BeforeEach
  void begin() throws IOException {
    pilot = Files.createDirectories(folder.resolve("pilot"));
    replaced.put("/tmp/pilot", pilot.toString());
    replaced.put("config/", ConfigurationHome.find().folder().resolve("config") + "/");
    for (int agency = 1; agency <= 3; agency++) {
      for (String port : List.of("746", "747", "947")) {
        replaced.put(LOOPBACK + port + agency, ports.address());
      }
    }
    for (String name :
        List.of("alice", "bob", "carol", "dora", "erin", "frank", "fr", "de", "it")) {
      secret(pilot.resolve(name + ".passphrase"));
    }
    steps = new StepRunner(folder, replaced);
  }

  private static void secret(Path file) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, "a passphrase for " + file.getFileName() + "\n");
  }

  @AfterEach
  void end() {
    steps.close();
    ports.close();
  }

  private String at(String address) {
    return String.valueOf(replaced.get(LOOPBACK + address));
  }

  private Metrics fr() {
    return Metrics.at("fr.customs", at("9471"));
  }

  private Metrics de() {
    return Metrics.at("de.customs", at("9472"));
  }

  private Metrics it() {
    return Metrics.at("it.customs", at("9473"));
  }

  @Test
  void ceremony_fromFoundingToLostRoots_isTakenUpByRunningGateways() throws Exception {
    steps.run(CeremonySteps.founding());
    steps.run(CeremonySteps.started());
    deliver("archive");

    steps.run(CeremonySteps.admitting());
    de().await(VERSION, 2);
    fr().await(VERSION, 2);
    steps.run(CeremonySteps.newcomerStarted());
    fr().await("entente_link_up{peer=\"it.customs\",}", 1);
    it().await("entente_trust_freshness{state=\"fresh\",}", 1);
    assertTrue(accepted("it.customs"));

    steps.run(CeremonySteps.rotating());
    deliver("desk");
    assertEquals(2.0, fr().value(VERSION));
    steps.run(CeremonySteps.rotated());
    fr().await(VERSION, 3);
    it().await(VERSION, 3);
    de().await("entente_trust_peer_bundle_version{peer=\"fr.customs\",}", 3);
    deliver("desk");
    noRollback();

    steps.run(CeremonySteps.removing());
    de().await(VERSION, 4);
    fr().await("entente_link_up{peer=\"it.customs\",}", 0);
    assertEquals(3.0, it().value(VERSION));
    assertEquals("UNKNOWN_RECIPIENT", publish("it.customs").getRefused().getRefusals(0).getCode());
    deliver("desk");

    steps.run(CeremonySteps.emergency());
    de().await(VERSION, 5);
    assertFalse(tail("desk").out().contains("Unsafe"));
    deliver("archive");

    steps.run(CeremonySteps.renewing());
    de().await(VERSION, 6);
    deliver("archive");
    assertEquals(0.0, fr().value("entente_trust_bundle_contradicted"));

    steps.run(CeremonySteps.refounding());
    steps.stopAll();
    steps.run(CeremonySteps.refounded());
    steps.run(CeremonySteps.started());
    de().await(VERSION, 1);
    deliver("archive");
  }

  /** What the roots that are out sign is no bundle any more, and neither is an older one. */
  private void noRollback() {
    for (String bundle : List.of("bundle-2.note", "bundle-1.note")) {
      Child refused =
          Child.here(
              "join",
              "--config",
              pilot.resolve("fr").resolve("node.yaml").toString(),
              "--bundle",
              pilot.resolve(bundle).toString());
      assertEquals(1, refused.code(), refused.out() + refused.err());
    }
  }

  /** One message from fr to a subscriber of de. */
  private void deliver(String client) {
    toDe++;
    assertTrue(accepted("de.customs"));
    String headline = "Unsafe toys " + published;
    Child tail = tail(client);
    assertTrue(tail.out().contains(headline), tail.out() + tail.err());
  }

  /** All that ever came to de, under a cursor of its own. */
  private Child tail(String client) {
    return Child.here(
        "tail",
        "--count=" + toDe,
        "--cursor=look-" + published,
        "--gateway",
        at("7472"),
        "--credentials",
        pilot.resolve("de").resolve("clients").resolve(client).toString());
  }

  private boolean accepted(String recipient) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Outcome outcome = publish(recipient);
    while (!outcome.hasAccepted() && System.nanoTime() < end) {
      Patience.pause();
      outcome = publish(recipient);
    }
    return outcome.hasAccepted();
  }

  private Outcome publish(String recipient) {
    published++;
    Path client = pilot.resolve("fr").resolve("clients").resolve("declarations");
    ManagedChannel channel = Channels.open(at("7471"), Credentials.in(client));
    try {
      return PublisherGrpc.newBlockingStub(channel)
          .publish(
              PublishRequest.newBuilder()
                  .setDraft(
                      Publications.draft(recipient, "Unsafe toys " + published).toBuilder()
                          .setIdempotencyKey("ceremony-" + published))
                  .build())
          .getOutcome();
    } finally {
      channel.shutdownNow();
    }
  }
}
