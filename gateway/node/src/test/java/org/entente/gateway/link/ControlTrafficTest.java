package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Result;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits on a control stream: for a peer that does not read, and for messages. */
class ControlTrafficTest {
  private static final PeerName PEER = TestNode.name("sg.police");
  private static final Notice NOTICE = Notice.newBuilder().setFrom("fr.customs").build();

  private static final PeerName OTHER = TestNode.name("de.customs");
  private static final Frame REQUEST =
      Frame.newBuilder().setAttachmentRequest(AttachmentRequest.getDefaultInstance()).build();

  private final HandTimers timers = new HandTimers();
  private final MemoryPorts ports = new MemoryPorts(lane -> Runnable::run, 100);
  private final PeerLinks links =
      new PeerLinks(
          TestNode.name("fr.customs"),
          ports,
          LinkSettings.defaults(),
          timers,
          Runnable::run,
          InstantSource.system(),
          new Random(1));

  /** A stream that a peer opened, and reads only if it is told to. */
  private final class Opened implements IncomingStream {
    private final List<Frame> read = new ArrayList<>();
    private @Nullable Listener listener;
    private boolean reads = true;

    Opened(PeerName peer, int lane) {
      Credit window = Credit.newBuilder().setEnvelopes(100).setBytes(1 << 20).build();
      links.accept(this, peer, RawPeer.hello(peer, lane).setCredit(window).build());
      reads = false;
      read.clear();
    }

    void says(Frame frame) {
      if (listener == null) {
        throw new AssertionError("not accepted");
      }
      listener.received(this, frame);
    }

    void ends() {
      if (listener == null) {
        throw new AssertionError("not accepted");
      }
      listener.ended(this, "cut");
    }

    void readOn() {
      reads = true;
      if (listener != null) {
        listener.ready(this);
      }
    }

    @Override
    public void listen(Listener toWhom) {
      listener = toWhom;
    }

    @Override
    public boolean isDialled() {
      return false;
    }

    @Override
    public boolean isReady() {
      return reads;
    }

    @Override
    public void send(Frame frame) {
      read.add(frame);
    }

    @Override
    public void requestNext() {}

    @Override
    public void end(Code code, String why) {
      throw new AssertionError(code + " " + why);
    }
  }

  private boolean sendSegment() {
    return sendSegment(PEER);
  }

  private boolean sendSegment(PeerName to) {
    return links.send(
        to.agency(),
        AttachmentPart.newBuilder().setSealed(ByteString.copyFrom(new byte[131_272])).build());
  }

  @Test
  void segments_waitBehindNotices_andLeaveThemHalfOfTheQueue() {
    Opened peer = new Opened(PEER, 0);
    int segments = 0;
    while (sendSegment()) {
      segments++;
    }
    assertEquals(16, segments, "2 MiB, and what exceeds it");
    int notices = 0;
    while (links.send(PEER.agency(), NOTICE)) {
      notices++;
    }
    assertTrue(notices >= 128, "" + notices);
    peer.readOn();
    assertEquals(segments + notices, peer.read.size());
    assertTrue(peer.read.subList(0, notices).stream().allMatch(Frame::hasNotice));
    assertTrue(sendSegment(), "there is room again");
  }

  /** A frame of attachments that comes keeps the gateway busy for so long. */
  private void timesWork(Duration work) {
    ports.transfer(
        new AttachmentTransfer() {
          @Override
          public void requested(AgencyName neighbour, AttachmentRequest request) {
            timers.pass(work);
          }

          @Override
          public void received(AgencyName neighbour, AttachmentPart part) {}
        });
  }

  /** A control stream that reads on, to a peer with which messages are exchanged now. */
  private Opened besideMessages(Duration work) {
    timesWork(work);
    Opened control = new Opened(PEER, 0);
    control.readOn();
    control.says(REQUEST);
    Opened lane = new Opened(PEER, Lane.ROUTINE.number());
    lane.readOn();
    ports.queue(PEER.agency(), Lane.ROUTINE).add("a message");
    links.wake(PEER.agency(), Lane.ROUTINE);
    assertTrue(lane.read.stream().anyMatch(Frame::hasDeliveries));
    return control;
  }

  @Test
  void segments_besideMessages_restAfterEach_andLinksTakeTurns() {
    Opened peer = besideMessages(Duration.ofMillis(2));
    Opened other = new Opened(OTHER, 0);
    other.readOn();
    for (int i = 0; i < 3; i++) {
      assertTrue(sendSegment());
    }
    assertTrue(sendSegment(OTHER));
    assertEquals(1, peer.read.size(), "the first rests for none");
    assertTrue(links.send(PEER.agency(), NOTICE));
    assertEquals(2, peer.read.size(), "a notice does not rest");
    timers.pass(Duration.ofMillis(7));
    assertEquals(2, peer.read.size());
    timers.pass(Duration.ofMillis(1));
    assertEquals(3, peer.read.size(), "the work and three times as long");
    timers.pass(Duration.ofMillis(8));
    assertEquals(3, peer.read.size(), "the other's turn");
    assertEquals(1, other.read.size());
    timers.pass(Duration.ofMillis(8));
    assertEquals(4, peer.read.size());
    timers.pass(AttachmentPace.RECENT);
    for (int i = 0; i < 5; i++) {
      assertTrue(sendSegment());
    }
    assertEquals(9, peer.read.size(), "without messages");
  }

  @Test
  void segments_besideMessages_areNotStopped_byWorkThatTookLong() {
    Opened peer = besideMessages(Duration.ofSeconds(2));
    assertTrue(sendSegment());
    assertTrue(sendSegment());
    assertEquals(1, peer.read.size());
    timers.pass(AttachmentPace.LONGEST);
    assertEquals(2, peer.read.size());
  }

  /** A peer whose mail is refused, such as a faulty one, slows nobody's attachments. */
  @Test
  void segments_restForMessagesThatAreCommitted_andNotForRefusedOnes() {
    timesWork(Duration.ofMillis(2));
    Opened control = new Opened(PEER, 0);
    control.readOn();
    control.says(REQUEST);
    Opened lane = new Opened(PEER, Lane.ROUTINE.number());
    lane.readOn();
    ports.intake(PEER.agency(), Lane.ROUTINE).answer(Result.RESULT_REFUSED);
    lane.says(delivery(1));
    for (int i = 0; i < 3; i++) {
      assertTrue(sendSegment());
    }
    assertEquals(3, control.read.size());

    ports.intake(PEER.agency(), Lane.ROUTINE).answer(Result.RESULT_COMMITTED);
    lane.says(delivery(2));
    for (int i = 0; i < 3; i++) {
      assertTrue(sendSegment());
    }
    assertEquals(4, control.read.size());
  }

  private static Frame delivery(long sequence) {
    return Frame.newBuilder()
        .setDeliveries(
            Deliveries.newBuilder()
                .addDeliveries(Delivery.newBuilder().setHopEpoch(1).setHopSequence(sequence)))
        .build();
  }

  @Test
  void rest_thatOutlivesItsStream_holdsNothingBackOnTheNext() {
    Opened peer = besideMessages(Duration.ofMillis(2));
    assertTrue(sendSegment());
    assertTrue(sendSegment());
    peer.ends();
    Opened next = new Opened(PEER, 0);
    next.readOn();
    assertTrue(sendSegment());
    timers.pass(Duration.ofMillis(8));
    assertEquals(1, next.read.size(), "what waited for the stream before is gone");
  }
}
