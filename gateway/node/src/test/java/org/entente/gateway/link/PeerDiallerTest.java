package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.gateway.trust.Endpoint;
import org.entente.proto.link.v1.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which address a peer is dialled at next; nothing listens at any. */
class PeerDiallerTest {
  private static final PeerName SELF = TestNode.name("fr.customs");
  private static final PeerName PEER = TestNode.name("de.customs");
  private static final List<Endpoint> ADDRESSES =
      List.of(new Endpoint("127.0.0.1", 1), new Endpoint("127.0.0.1", 2));

  private final PeerDialler dialler = dialler(ADDRESSES);

  private static PeerDialler dialler(List<Endpoint> addresses) {
    return new PeerDialler(PEER, addresses, at -> TestNode.channel(SELF, at.port()));
  }

  @AfterEach
  void close() {
    dialler.close();
  }

  private static DialledStream open(PeerDialler from) {
    return (DialledStream) from.open(new Deaf()).orElseThrow();
  }

  private int portAfter(Throwable end) {
    DialledStream attempt = open(dialler);
    attempt.onError(end);
    dialler.failed(attempt);
    return open(dialler).address().map(Endpoint::port).orElseThrow();
  }

  @Test
  void address_thatDoesNotLeadToTheLeader_isFollowedByTheNext_roundAndRound() {
    assertEquals(2, portAfter(Status.UNAVAILABLE.asException()));
    assertEquals(1, portAfter(LinkStatus.of(Code.NOT_LEADER, "another node leads")));
  }

  /** A gateway that refuses this one would do so at each of its addresses. */
  @Test
  void address_whoseGatewayRefusesWithAReason_isKept() {
    assertEquals(1, portAfter(LinkStatus.of(Code.STORAGE_FULL, "the disk is filling")));
    assertEquals(1, portAfter(LinkStatus.of(Code.NOT_READY, "another stream was opened")));
  }

  /** Five streams fail together where a gateway dies, and move on together. */
  @Test
  void streams_thatFailAtOneAddress_moveOnOnce() {
    DialledStream one = open(dialler);
    DialledStream other = open(dialler);
    dialler.failed(one);
    dialler.failed(other);
    assertEquals(Optional.of(ADDRESSES.get(1)), open(dialler).address());
  }

  @Test
  void peer_withOneAddress_isDialledThereAgain() {
    PeerDialler only = dialler(ADDRESSES.subList(0, 1));
    only.failed(open(only));
    assertEquals(Optional.of(ADDRESSES.get(0)), open(only).address());
    only.close();
    assertEquals(Optional.empty(), only.open(new Deaf()));
  }

  private static final class Deaf implements FrameStream.Listener {
    @Override
    public void received(FrameStream stream, Frame frame) {}

    @Override
    public void ready(FrameStream stream) {}

    @Override
    public void ended(FrameStream stream, String why) {}
  }
}
