package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What waits for a peer that does not read. */
class ControlTrafficTest {
  private static final PeerName PEER = TestNode.name("sg.police");
  private static final Notice NOTICE = Notice.newBuilder().setFrom("fr.customs").build();

  private final PeerLinks links =
      new PeerLinks(
          TestNode.name("fr.customs"),
          new MemoryPorts(lane -> Runnable::run, 100),
          LinkSettings.defaults(),
          new HandTimers(),
          Runnable::run,
          InstantSource.system(),
          new Random(1));

  /** A control stream that the peer opened, and reads only if it is told to. */
  private final class Opened implements IncomingStream {
    private final List<Frame> read = new ArrayList<>();
    private @Nullable Listener listener;
    private boolean reads = true;

    Opened() {
      links.accept(this, PEER, RawPeer.hello(PEER, 0).build());
      reads = false;
      read.clear();
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
    return links.send(
        PEER.agency(),
        AttachmentPart.newBuilder().setSealed(ByteString.copyFrom(new byte[131_272])).build());
  }

  @Test
  void segments_waitBehindNotices_andLeaveThemHalfOfTheQueue() {
    Opened peer = new Opened();
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
}
