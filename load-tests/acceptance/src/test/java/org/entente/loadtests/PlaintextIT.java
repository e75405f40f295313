package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Markers;
import org.entente.loadtests.testkit.Tap;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that gateways wrote anywhere, and everything that the transit was sent and sent on, as
 * it stands there once TLS is taken off: searched for what was in labels and bodies.
 */
final class PlaintextIT {
  private static final int MESSAGES = 40;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 120;
  private static final String ORIGIN = "fr.customs";
  private static final String DIRECT = "de.customs";
  private static final String BEHIND_THE_TRANSIT = "us.cbp";
  private static final String TRANSIT = "x.hub";
  private static final String CURSOR = "tapped";

  @TempDir private Path folder;
  private Federation federation;

  /** One on each link of the transit, by the agency that dials it. */
  private final Map<String, Tap> taps = new TreeMap<>();

  @BeforeEach
  void start() throws IOException {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    String transit = Objects.requireNonNull(federation.plan(TRANSIT).peers());
    for (String agency : federation.agencies()) {
      Path config = federation.plan(agency).config();
      String yaml = Files.readString(config);
      if (!agency.equals(TRANSIT) && yaml.contains(transit)) {
        Tap tap =
            Tap.between(
                federation.gatewayCredentials(agency),
                federation.gatewayCredentials(TRANSIT),
                transit);
        taps.put(agency, tap);
        Files.writeString(config, yaml.replace(transit, tap.address()));
      }
    }
    federation.start(federation.agencies());
  }

  @AfterEach
  void stop() {
    federation.close();
    for (Tap tap : taps.values()) {
      tap.close();
    }
  }

  @Test
  void filesOfAllGateways_andFramesOfTheTransit_holdNoPlaintextOfLabelsAndBodies()
      throws IOException, InterruptedException {
    assertEquals(
        Set.of(ORIGIN, DIRECT, BEHIND_THE_TRANSIT, "sg.police"), taps.keySet(), "links tapped");
    Tally tally = new Tally();
    try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
      clients.subscribe(federation.agencies());
      clients.publish(marked(), PER_SECOND);
      boolean complete = tally.awaitComplete(MESSAGES, QUIET_SECONDS);
      assertTrue(complete, () -> "missing " + tally.missing() + tally.failures());
    }
    assertNotEquals(0, tally.count(DIRECT).delivered(), "nothing went directly");
    assertEquals(MESSAGES / 2, tally.count(BEHIND_THE_TRANSIT).delivered(), "by the transit");
    assertEquals(Map.of(), Markers.inFiles(folder), "while they run");
    assertOpenedContentIsFoundByTheSameMeans();
    federation.stop();

    assertEquals(Map.of(), Markers.inFiles(folder), "after they stopped");
    assertLedgersHoldNoNames();
    assertTransitForwardedAndReadNothing();
  }

  private static List<Publication> marked() {
    List<Publication> publications = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String recipient = i % 2 == 0 ? DIRECT : BEHIND_THE_TRANSIT;
      publications.add(
          Publication.of("marked-" + i, ORIGIN, "test:" + i, Markers.draft(recipient)));
    }
    return publications;
  }

  /** What the recipient's gateway opened for its own client, taken down by the same instrument. */
  private void assertOpenedContentIsFoundByTheSameMeans() throws IOException {
    Credentials desk = Credentials.in(federation.credentials(BEHIND_THE_TRANSIT, "desk"));
    Credentials gateway = federation.gatewayCredentials(BEHIND_THE_TRANSIT);
    try (Tap tap = Tap.between(desk, gateway, federation.plan(BEHIND_THE_TRANSIT).clients())) {
      Child read =
          Child.here(
              "tail",
              "--gateway=" + tap.address(),
              "--credentials=" + federation.credentials(BEHIND_THE_TRANSIT, "desk"),
              "--cursor=" + CURSOR,
              "--from=1",
              "--count=1");
      assertEquals(0, read.code(), read.err());
      Set<String> sealed = Markers.fields();
      sealed.removeIf(field -> field.startsWith("on_behalf_of"));
      Set<String> seen = Markers.in(tap.everything());
      assertTrue(seen.containsAll(sealed), () -> "only " + seen);
    }
  }

  /** Idempotency keys of the publisher and the cursor of a subscriber, as they gave them. */
  private void assertLedgersHoldNoNames() throws IOException {
    List<Path> ledgers;
    try (Stream<Path> all = Files.walk(folder)) {
      ledgers =
          all.filter(Files::isRegularFile)
              .filter(file -> folder.relativize(file).toString().contains("/data/"))
              .toList();
    }
    assertTrue(ledgers.size() > federation.agencies().size(), ledgers::toString);
    for (Path file : ledgers) {
      byte[] bytes = Files.readAllBytes(file);
      for (String name : List.of("marked-", CURSOR)) {
        assertFalse(Markers.holds(bytes, name), () -> name + " in " + file);
      }
    }
  }

  private void assertTransitForwardedAndReadNothing() throws InvalidProtocolBufferException {
    Set<String> came = headers(requests(tap(ORIGIN)));
    Set<String> went = headers(answers(tap(BEHIND_THE_TRANSIT)));
    assertNotEquals(Set.of(), came);
    assertEquals(came, went, "the transit forwards what it took, and nothing else");
    for (String agency : List.of(ORIGIN, BEHIND_THE_TRANSIT)) {
      byte[] said = tap(agency).everything();
      for (String visible : List.of(ORIGIN, BEHIND_THE_TRANSIT)) {
        assertTrue(Markers.holds(said, visible), visible + " is not on the link of " + agency);
      }
    }
    taps.forEach(
        (agency, tap) -> assertEquals(Set.of(), Markers.in(tap.everything()), "link of " + agency));
  }

  private Tap tap(String agency) {
    return Objects.requireNonNull(taps.get(agency), agency);
  }

  private static List<Frame> requests(Tap tap) throws InvalidProtocolBufferException {
    List<Frame> frames = new ArrayList<>();
    for (byte[] message : tap.toAnswerer()) {
      frames.add(ExchangeRequest.parseFrom(message).getFrame());
    }
    return frames;
  }

  private static List<Frame> answers(Tap tap) throws InvalidProtocolBufferException {
    List<Frame> frames = new ArrayList<>();
    for (byte[] message : tap.toDialler()) {
      frames.add(ExchangeResponse.parseFrom(message).getFrame());
    }
    return frames;
  }

  /** The envelopes' headers from the origin to the recipient, each once, as text. */
  private static Set<String> headers(List<Frame> frames) {
    Set<String> headers = new TreeSet<>();
    for (Frame frame : frames) {
      for (Delivery delivery : frame.getDeliveries().getDeliveriesList()) {
        boolean wanted =
            delivery.getPathList().contains(ORIGIN)
                && delivery.getStanzasList().stream()
                    .anyMatch(stanza -> stanza.getRecipient().equals(BEHIND_THE_TRANSIT));
        if (wanted) {
          headers.add(HexFormat.of().formatHex(delivery.getHeader().toByteArray()));
        }
      }
    }
    return headers;
  }
}
