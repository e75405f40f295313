package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.PilotFolder;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agency's next CA takes over by the steps of docs/operate/keys.md, while its gateway runs:
 * clients of either CA are served, the link stays until the old CA is revoked, and comes back.
 */
@Tag("extended")
@Tag("rotation")
final class NextCaIT {
  private static final String VERSION = "entente_trust_bundle_version";
  private static final String UP = "entente_link_up{peer=\"%s\",}";
  private static final String CERTIFICATE_END = "entente_tls_certificate_expiry_timestamp_seconds";

  @TempDir private Path folder;
  private PilotFolder pilot;
  private int sent;

  @BeforeEach
  void begin() throws IOException {
    pilot =
        new PilotFolder(
            folder,
            List.of("alice", "bob", "carol", "fr", "de"),
            List.of("7461", "7462", "7471", "7472", "9471", "9472"));
  }

  @AfterEach
  void end() {
    pilot.close();
  }

  private Metrics fr() {
    return Metrics.at("fr.customs", pilot.address("9471"));
  }

  private Metrics de() {
    return Metrics.at("de.customs", pilot.address("9472"));
  }

  @Test
  void nextCa_takesOver_whileLinksStayUp_andTheOldOneEnds() throws Exception {
    pilot.steps().run(CeremonySteps.founding());
    pilot.steps().run(CeremonySteps.started());
    deliver("declarations");
    fr().await(UP.formatted("de.customs"), 1);

    pilot.steps().run(NextCaSteps.listed());
    de().await(VERSION, 2);
    fr().await("entente_trust_peer_bundle_version{peer=\"de.customs\",}", 2);
    deliver("declarations");

    pilot.steps().run(NextCaSteps.clients());
    deliver("declarations");
    deliver("declarations-2");

    double before = fr().value(CERTIFICATE_END);
    pilot.steps().run(NextCaSteps.gateway());
    fr().awaitAbove(CERTIFICATE_END, before);
    // The old folder knows only the CA that is no longer shown.
    assertEquals(Status.Code.UNAVAILABLE, refusal("declarations"));
    deliver("declarations-2");
    assertEquals(1.0, de().value(UP.formatted("fr.customs")));

    pilot.steps().run(NextCaSteps.ended());
    de().await(VERSION, 3);
    deliver("declarations-2");
    fr().await(UP.formatted("de.customs"), 1);
    de().await(UP.formatted("fr.customs"), 1);
    pilot.steps().stopAll();
  }

  private Credentials credentials(String client) {
    return Credentials.in(pilot.resolve("fr").resolve("clients").resolve(client));
  }

  /** A client publishes over a new connection, and a German subscriber is given its message. */
  private void deliver(String client) {
    sent++;
    String headline = "Unsafe toys " + sent;
    ManagedChannel channel = Channels.open(pilot.address("7471"), credentials(client));
    try {
      Publications.accepted(channel, Publications.draft("de.customs", headline));
    } finally {
      channel.shutdownNow();
    }
    Child tail =
        Child.here(
            "tail",
            "--count=1",
            "--gateway",
            pilot.address("7472"),
            "--credentials",
            pilot.resolve("de").resolve("clients").resolve("desk").toString());
    assertTrue(tail.out().contains(headline), tail.out() + tail.err());
  }

  private Status.Code refusal(String client) {
    ManagedChannel channel = Channels.open(pilot.address("7471"), credentials(client));
    try {
      return assertThrows(
              StatusRuntimeException.class,
              () -> Publications.accepted(channel, Publications.draft("de.customs", "not sent")))
          .getStatus()
          .getCode();
    } finally {
      channel.shutdownNow();
    }
  }
}
