package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Threat 76: what a peer sends beyond its rate waits at the peer, on that stream alone. */
class StreamRateTest {
  private static final PeerName PEER = TestNode.name("sg.police");
  private static final PeerName OTHER = TestNode.name("x.hub");
  private static final int PER_SECOND = 100;

  private final Hand timers = new Hand();
  private final PeerLinks links =
      new PeerLinks(
          TestNode.name("fr.customs"),
          new MemoryPorts(lane -> Runnable::run, 100),
          LinkSettings.defaults().withRate(PER_SECOND),
          timers,
          Runnable::run,
          InstantSource.system(),
          new Random(1));

  /** Timers that a test moves. */
  private static final class Hand implements Timers {
    private record Later(long at, Runnable task) {}

    private final List<Later> tasks = new ArrayList<>();
    private long now;

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public void after(Duration delay, Runnable task) {
      tasks.add(new Later(now + delay.toNanos(), task));
    }

    void pass(Duration time) {
      now += time.toNanos();
      List<Later> due = tasks.stream().filter(later -> later.at() <= now).toList();
      tasks.removeAll(due);
      due.forEach(later -> later.task().run());
    }
  }

  /** A stream that a peer opened, whose next frame comes when it is requested. */
  private final class Opened implements IncomingStream {
    private @Nullable Listener listener;
    private int requested;

    Opened(PeerName peer, Lane lane) {
      links.accept(this, peer, RawPeer.hello(peer, lane.number()).build());
    }

    /** Sends frames as long as they are read; how many were. */
    int send(int frames, int receipts) {
      Receipts.Builder all = Receipts.newBuilder();
      for (int i = 0; i < receipts; i++) {
        all.addReceipts(Receipt.newBuilder().setHopEpoch(9).setHopSequence(1));
      }
      Frame frame = Frame.newBuilder().setReceipts(all).build();
      int sent = 0;
      while (sent < frames && requested > 0 && listener != null) {
        requested--;
        sent++;
        listener.received(this, frame);
      }
      return sent;
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
      return true;
    }

    @Override
    public void send(Frame frame) {}

    @Override
    public void requestNext() {
      requested++;
    }

    @Override
    public void end(Code code, String why) {
      throw new AssertionError(code + " " + why);
    }
  }

  @Test
  void framesBeyondTheRate_waitAtThePeer_onTheirStreamAlone() {
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    // Twice the rate at once, and one on credit.
    assertEquals(2 * PER_SECOND + 1, hostile.send(10_000, 0));
    assertEquals(0, hostile.send(10_000, 0));
    assertEquals(50, new Opened(PEER, Lane.FLASH).send(50, 0));
    assertEquals(50, new Opened(OTHER, Lane.ROUTINE).send(50, 0));
    timers.pass(Duration.ofSeconds(1));
    int next = hostile.send(10_000, 0);
    assertTrue(next >= PER_SECOND - 1 && next <= PER_SECOND + 1, "" + next);
  }

  @Test
  void whatAFrameHolds_countsToo() {
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    assertEquals(3, hostile.send(10_000, PER_SECOND - 1));
    timers.pass(Duration.ofMillis(900));
    assertEquals(0, hostile.send(10_000, PER_SECOND - 1));
    timers.pass(Duration.ofMillis(200));
    assertEquals(1, hostile.send(10_000, PER_SECOND - 1));
  }
}
