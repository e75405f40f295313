package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Frame;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a side grants its peer stays true, whenever it changes. */
class CreditTest {
  private static final PeerName PEER = TestNode.name("de.customs");
  private static final Credit NONE = Credit.getDefaultInstance();

  private final PeerLinks links =
      new PeerLinks(
          TestNode.name("fr.customs"),
          new MemoryPorts(lane -> Runnable::run, 100),
          LinkSettings.defaults(),
          new HandTimers(),
          Runnable::run,
          InstantSource.system(),
          new Random(1));

  /** A stream of the ROUTINE lane that this side dials; it keeps what is sent. */
  private static final class Dialled implements FrameStream, Dialler {
    private final List<Frame> sent = new ArrayList<>();
    private @Nullable Listener listener;

    /** The latest window that the peer knows of. */
    Credit granted() {
      Credit latest = NONE;
      for (Frame frame : sent) {
        if (frame.hasHello()) {
          latest = frame.getHello().getCredit();
        } else if (frame.hasCredit()) {
          latest = frame.getCredit();
        }
      }
      return latest;
    }

    void answer() {
      if (listener == null) {
        throw new AssertionError("not dialled");
      }
      listener.received(
          this, Frame.newBuilder().setHello(RawPeer.hello(PEER, Lane.ROUTINE.number())).build());
    }

    @Override
    public PeerName peer() {
      return PEER;
    }

    @Override
    public Optional<FrameStream> open(Listener hears) {
      // The slots dial in the order of the lanes; all but the last are left without an answer.
      listener = hears;
      sent.clear();
      return Optional.of(this);
    }

    @Override
    public void close() {}

    @Override
    public boolean isDialled() {
      return true;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void send(Frame frame) {
      sent.add(frame);
    }

    @Override
    public void requestNext() {}

    @Override
    public void end(Code code, String why) {
      throw new AssertionError(code + " " + why);
    }
  }

  @Test
  void reasonToRefuse_thatEndsBetweenHelloAndAnswer_isNotLeftWithThePeer() {
    Dialled stream = new Dialled();
    links.withhold(Optional.of(new Problem(Code.OVERLOADED, "", "the disk is full")));
    links.dial(stream);
    assertEquals(NONE, stream.granted(), "said in the Hello");
    links.withhold(Optional.empty());
    stream.answer();
    assertEquals(LinkSettings.defaults().windowEnvelopes(), stream.granted().getEnvelopes());
  }

  @Test
  void pause_thatBeginsBetweenHelloAndAnswer_isToldToThePeer() {
    Dialled stream = new Dialled();
    links.dial(stream);
    assertEquals(LinkSettings.defaults().windowEnvelopes(), stream.granted().getEnvelopes());
    links.pause(PEER.agency());
    stream.answer();
    assertEquals(NONE, stream.granted());
  }
}
