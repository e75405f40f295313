package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.PilotFolder;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.testkit.StepRunner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agency loses its keystore with mail of every kind under way, and goes on with another by the
 * steps of docs/operate/keys.md.
 */
@Tag("extended")
@Tag("recovery")
final class LostKeystoreIT {
  @TempDir private Path folder;
  private PilotFolder pilot;
  private StepRunner steps;
  private String fr;
  private String de;

  @BeforeEach
  void begin() throws IOException {
    pilot =
        new PilotFolder(
            folder,
            List.of("alice", "bob", "carol", "fr", "de"),
            List.of("7461", "7462", "7471", "7472", "9471", "9472"));
    steps = pilot.steps();
    fr = pilot.address("7471");
    de = pilot.address("7472");
  }

  @AfterEach
  void end() {
    pilot.close();
  }

  @Test
  void keystore_lostWithItsDisk_isReplacedAsThePageSays() throws Exception {
    steps.run(CeremonySteps.founding());
    steps.run(CeremonySteps.started());
    retrieve("de", send("retrieved"), "retrieved");
    String left = send("left in the inbox");
    Patience.untilSaid(() -> track(left), "DELIVERY               by de.customs");
    steps.stopLast();
    destroyKeystore();
    String waits = send("under way");
    steps.run(RecoverySteps.all());
    retrieve("de-again", waits, "under way");
    Patience.untilSaid(() -> track(waits), "RETRIEVAL              by de.customs");
    Patience.untilSaid(() -> track(left), "KEY_LOST");
    retrieve("de-again", send("sent again"), "sent again");
    steps.stopAll();
  }

  private Path credentials(String agency, String client) {
    return pilot.resolve(agency).resolve("clients").resolve(client);
  }

  /** Sends a warning from France to Germany; its id. */
  private String send(String headline) {
    ManagedChannel channel = Channels.open(fr, Credentials.in(credentials("fr", "declarations")));
    try {
      return Publications.accepted(channel, Publications.draft("de.customs", headline)).toString();
    } finally {
      channel.shutdownNow();
    }
  }

  /** The German desk is given the next message, and acknowledges it. */
  private void retrieve(String folder, String message, String headline) {
    Child tail =
        Child.here(
            "tail",
            "--count=1",
            "--gateway",
            de,
            "--credentials",
            credentials(folder, "desk").toString());
    assertTrue(tail.out().contains(message), tail.out() + tail.err());
    assertTrue(tail.out().contains(headline), tail.out() + tail.err());
  }

  private String track(String message) {
    Child track =
        Child.here(
            "track",
            message,
            "--gateway",
            fr,
            "--credentials",
            credentials("fr", "declarations").toString());
    return track.out() + track.err();
  }

  /** The disk with the keystore is no more. */
  private void destroyKeystore() throws IOException {
    Path keystore = pilot.resolve("de").resolve("gateway-1").resolve("keystore");
    List<Path> files;
    try (Stream<Path> all = Files.walk(keystore)) {
      files = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    assertFalse(Files.exists(keystore));
  }
}
