package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.LaneState;
import org.entente.proto.v1.LinkState;
import org.entente.proto.v1.LinksGrpc;
import org.entente.proto.v1.ListLinksRequest;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PauseLinkRequest;
import org.entente.proto.v1.ResumeLaneRequest;
import org.entente.proto.v1.UnpauseLinkRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Links that operators pause, and lanes that an alarm stops, between real gateways. */
class LinkHoldsTest {
  private static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-3").setJustification("ticket 12").build();
  private static final Duration DEADLINE = Duration.ofDays(5);

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private LinkState link(String of, String to) {
    return links(of).listLinks(ListLinksRequest.getDefaultInstance()).getLinksList().stream()
        .filter(link -> link.getPeer().equals(to))
        .findFirst()
        .orElseThrow();
  }

  private LinksGrpc.LinksBlockingStub links(String agency) {
    return LinksGrpc.newBlockingStub(federation.channel(agency));
  }

  private LaneState routine(String of, String to) {
    return link(of, to).getLanes(Lane.LANE_ROUTINE_VALUE - 1);
  }

  private boolean pause(String of, String peer) {
    return !links(of)
        .pauseLink(PauseLinkRequest.newBuilder().setPeer(peer).setOnBehalfOf(PERSON).build())
        .getBefore();
  }

  private boolean unpause(String of, String peer) {
    return !links(of)
        .unpauseLink(UnpauseLinkRequest.newBuilder().setPeer(peer).setOnBehalfOf(PERSON).build())
        .getBefore();
  }

  private boolean resume(String of, String peer) {
    return !links(of)
        .resumeLane(
            ResumeLaneRequest.newBuilder()
                .setPeer(peer)
                .setLane(Lane.LANE_ROUTINE)
                .setOnBehalfOf(PERSON)
                .build())
        .getBefore();
  }

  private List<String> received(int count) {
    return RunningFederation.headlines(federation.receive(DE, count));
  }

  /** Before the first link nothing can be sealed, so the queue of the link is empty. */
  @Test
  void mailForAnAgencyThatWasNeverLinked_isCountedAsUndelivered() {
    federation.start(FR);
    assertEquals(0, routine(FR, DE).getUndeliveredBytes());
    federation.send(FR, "early", DEADLINE, DE);
    assertTrue(routine(FR, DE).getUndeliveredBytes() > 0);
    assertEquals(0, link(FR, DE).getLanes(Lane.LANE_FLASH_VALUE - 1).getUndeliveredBytes());

    federation.start(DE);
    assertEquals(List.of("early"), received(1));
    federation.await("nothing is owed", () -> routine(FR, DE).getUndeliveredBytes() == 0);
  }

  @Test
  void pausedLink_holdsMailOverRestarts_andSaysThatItIsNoOutage() {
    federation.start(DE, FR);
    federation.send(FR, "before", DEADLINE, DE);
    assertEquals(List.of("before"), received(1));
    assertTrue(pause(FR, DE));
    assertFalse(pause(FR, DE), "again changes nothing");
    federation.await("the peer was told", () -> link(DE, FR).hasPausedByPeerSince());
    federation.send(FR, "meanwhile", DEADLINE, DE);
    federation.await("it waits", () -> routine(FR, DE).getBacklog() == 1);

    federation.stop(FR);
    federation.await("the link is down", () -> !link(DE, FR).getUp());
    assertTrue(link(DE, FR).hasPausedByPeerSince(), "down while paused is no outage");
    federation.start(FR);
    federation.await("the link is up", () -> link(DE, FR).getUp());
    federation.await("told again", () -> link(DE, FR).hasPausedByPeerSince());
    assertTrue(link(FR, DE).hasPausedSince());
    federation.await("the lane stands", () -> routine(FR, DE).getConnected());
    federation.send(FR, "later", DEADLINE, DE);
    assertEquals(2, routine(FR, DE).getBacklog());
    assertEquals(0, routine(FR, DE).getInFlight());
    assertTrue(federation.scrape(FR, "readyz").startsWith("ready"), "a pause is on purpose");

    assertTrue(unpause(FR, DE));
    assertFalse(unpause(FR, DE));
    assertEquals(List.of("meanwhile", "later"), received(2));
    federation.await("the peer was told", () -> !link(DE, FR).hasPausedByPeerSince());
  }

  @Test
  void linkPausedByTheRecipient_holdsTheOriginsMail() {
    federation.start(DE, FR);
    federation.await("up", () -> link(DE, FR).getUp());
    assertTrue(pause(DE, FR));
    federation.await("the peer was told", () -> link(FR, DE).hasPausedByPeerSince());
    federation.send(FR, "waits", DEADLINE, DE);
    federation.await("it waits", () -> routine(FR, DE).getBacklog() == 1);
    assertEquals(0, routine(FR, DE).getInFlight());
    assertTrue(unpause(DE, FR));
    assertEquals(List.of("waits"), received(1));
  }

  /** Threat 6: a gateway that was set back, unnoticed, numbers other content as it had before. */
  @Test
  void laneInConflict_standsOverRestarts_untilItIsResumed() throws IOException {
    federation.start(DE, FR);
    federation.send(FR, "one", DEADLINE, DE);
    assertEquals(List.of("one"), received(1));
    copyLedger();
    federation.send(FR, "two", DEADLINE, DE);
    assertEquals(List.of("two"), received(1));
    federation.await("all was answered", () -> routine(FR, DE).getBacklog() == 0);
    federation.stop(DE);
    setBack();
    federation.send(FR, "other two", DEADLINE, DE);
    federation.send(FR, "three", DEADLINE, DE);
    federation.start(DE);
    // The recipient stops too, unless the number came as a void, which withdraws nothing there.
    federation.await("the alarm", () -> isStopped(FR, DE));
    assertTrue(federation.scrape(FR, "readyz").contains("link: ROUTINE of " + DE));

    federation.stop(DE);
    federation.stop(FR);
    federation.start(DE, FR);
    assertTrue(isStopped(FR, DE), "a restart is no resume");
    federation.await("the link is up", () -> link(FR, DE).getUp());
    assertFalse(routine(FR, DE).getConnected());
    assertTrue(link(FR, DE).getLanes(0).getStoppedCode().isEmpty(), "the other lanes go on");

    assertEquals(isStopped(DE, FR), resume(DE, FR));
    assertTrue(resume(FR, DE));
    assertFalse(resume(FR, DE), "again changes nothing");
    assertEquals(List.of("other two", "three"), received(2), "under numbers of their own");
    federation.send(FR, "four", DEADLINE, DE);
    assertEquals(List.of("four"), received(1));
    federation.await("all was answered", () -> routine(FR, DE).getBacklog() == 0);
    assertFalse(isStopped(FR, DE) || isStopped(DE, FR));
  }

  @Test
  void ledger_setBackUnnoticed_goesOnUnderOtherNumbersAndLosesNothing() throws IOException {
    federation.start(DE, FR);
    federation.send(FR, "one", DEADLINE, DE);
    assertEquals(List.of("one"), received(1));
    copyLedger();
    federation.send(FR, "two", DEADLINE, DE);
    federation.send(FR, "three", DEADLINE, DE);
    assertEquals(List.of("two", "three"), received(2));
    federation.await("all was answered", () -> routine(FR, DE).getBacklog() == 0);
    setBack();
    federation.await("the link is up", () -> link(FR, DE).getUp());
    federation.send(FR, "other two", DEADLINE, DE);
    assertEquals(List.of("other two"), received(1), "not taken for what its number brought before");
    federation.await("all was answered", () -> routine(FR, DE).getBacklog() == 0);
    assertFalse(isStopped(FR, DE) || isStopped(DE, FR));
  }

  /** Copies what a snapshot of the machine would have of its ledger. */
  private void copyLedger() throws IOException {
    federation.stop(FR);
    Files.createDirectories(federation.folder().resolve("backup"));
    for (String part : List.of("data", "audit")) {
      FolderCopy.of(
          federation.folder().resolve(FR).resolve(part),
          federation.folder().resolve("backup").resolve(part));
    }
    federation.start(FR);
  }

  private void setBack() throws IOException {
    federation.stop(FR);
    for (String part : List.of("data", "audit")) {
      remove(federation.folder().resolve(FR).resolve(part));
      FolderCopy.of(
          federation.folder().resolve("backup").resolve(part),
          federation.folder().resolve(FR).resolve(part));
    }
    federation.start(FR);
  }

  private boolean isStopped(String of, String peer) {
    return routine(of, peer).getStoppedCode().equals(Code.SEQUENCE_CONFLICT.name());
  }

  @Test
  void change_ofNoLinkOrWithoutAReason_isRefused() {
    federation.start(FR);
    StatusRuntimeException unknown =
        assertThrows(StatusRuntimeException.class, () -> pause(FR, "xx.nobody"));
    assertTrue(String.valueOf(unknown.getMessage()).contains("NOT_FOUND"));
    PauseLinkRequest noReason =
        PauseLinkRequest.newBuilder()
            .setPeer(DE)
            .setOnBehalfOf(OnBehalfOf.newBuilder().setOfficer("FR-3"))
            .build();
    StatusRuntimeException refused =
        assertThrows(StatusRuntimeException.class, () -> links(FR).pauseLink(noReason));
    assertTrue(String.valueOf(refused.getMessage()).contains("on_behalf_of.justification"));
    assertFalse(link(FR, DE).hasPausedSince());
  }

  private static void remove(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
