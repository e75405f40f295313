package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.gateway.testkit.MemoryQueue;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a network thread does with a frame that it brings: it releases what the peer took, and
 * leaves everything else to a worker, as it serves the sockets of others.
 */
class QuickFramesTest {
  private static final PeerName PEER = TestNode.name("de.customs");

  private final Deque<Runnable> workers = new ArrayDeque<>();
  private final MemoryPorts ports = new MemoryPorts(lane -> Runnable::run, 100);
  private final MemoryQueue queue = ports.queue(PEER.agency(), Lane.ROUTINE);

  /** A peer whose stream is open, and whose frames a network thread brings. */
  private final class Peer implements IncomingStream {
    private final List<Frame> sent = new ArrayList<>();
    private final PeerLinks links;
    private @Nullable Listener listener;
    private int requested;

    /** Frames that were requested before the latest one was sent. */
    private int requestedBefore;

    Peer(int window) {
      links =
          new PeerLinks(
              TestNode.name("fr.customs"),
              ports,
              new LinkSettings(
                  window,
                  8 << 20,
                  1,
                  1 << 20,
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(30),
                  new Backoff.Bounds(Duration.ofMillis(100), Duration.ofSeconds(5))),
              new HandTimers(),
              workers::add,
              InstantSource.system(),
              new Random(1));
      Hello hello =
          RawPeer.hello(PEER, Lane.ROUTINE.number())
              .setReceiveEpoch(1)
              .setReceiveNext(1)
              .setCredit(Credit.newBuilder().setEnvelopes(8).setBytes(1 << 20))
              .build();
      links.accept(this, PEER, hello);
      work();
      sent.clear();
      requested = 0;
    }

    void queue(String header) {
      queue.add(header);
      links.wake(PEER.agency(), Lane.ROUTINE);
      work();
    }

    void brings(Frame.Builder frame) {
      if (listener == null) {
        throw new AssertionError("not accepted");
      }
      listener.received(this, frame.build());
    }

    @Override
    public void listen(Listener toWhom) {
      listener = toWhom;
    }

    @Override
    public boolean isOnNetworkThread() {
      return true;
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
    public void send(Frame frame) {
      sent.add(frame);
      requestedBefore = requested;
    }

    @Override
    public void requestNext() {
      requested++;
    }

    @Override
    public void end(Code code, String why) {
      throw new AssertionError(code + " " + why);
    }
  }

  private void work() {
    for (Runnable task = workers.poll(); task != null; task = workers.poll()) {
      task.run();
    }
  }

  private static Frame.Builder receipt(Frame of, Result result) {
    Delivery delivery = of.getDeliveries().getDeliveries(0);
    return Frame.newBuilder()
        .setReceipts(
            Receipts.newBuilder()
                .addReceipts(
                    Receipt.newBuilder()
                        .setHopEpoch(delivery.getHopEpoch())
                        .setHopSequence(delivery.getHopSequence())
                        .setHeaderHash(HeaderHashes.ofHeader(delivery.getHeader()))
                        .setResult(result)));
  }

  @Test
  void receiptOfWhatThePeerTook_wakesNoWorker() {
    Peer peer = new Peer(8);
    peer.queue("only");
    assertEquals(1, queue.backlog());
    peer.brings(receipt(peer.sent.get(0), Result.RESULT_COMMITTED));
    assertTrue(workers.isEmpty());
    assertEquals(0, queue.backlog());
    assertEquals(1, peer.requested);
    peer.queue("next");
    assertEquals(2, peer.sent.size());
  }

  @Test
  void receipt_thatMakesRoomForMore_leavesSendingToAWorker() {
    Peer peer = new Peer(1);
    peer.queue("first");
    peer.queue("second");
    assertEquals(1, peer.sent.size());
    peer.brings(receipt(peer.sent.get(0), Result.RESULT_COMMITTED));
    assertEquals(1, queue.backlog());
    assertEquals(1, peer.sent.size(), "a network thread reads no queue");
    work();
    assertEquals(2, peer.sent.size());
  }

  @Test
  void receiptOfWhatThePeerRefused_isLeftToAWorker() {
    Peer peer = new Peer(8);
    peer.queue("refused");
    peer.brings(receipt(peer.sent.get(0), Result.RESULT_REFUSED));
    assertEquals(1, queue.backlog());
    work();
    assertEquals(0, queue.backlog());
  }

  /** The first receipt could not be released alone, and needs the disk. */
  @Test
  void receiptOfWhatThePeerTook_behindARefusal_leavesTheRefusalToAWorker() {
    Peer peer = new Peer(8);
    peer.queue("taken");
    peer.queue("refused");
    peer.brings(receipt(peer.sent.get(1), Result.RESULT_REFUSED));
    work();
    assertEquals(2, queue.backlog());
    peer.brings(receipt(peer.sent.get(0), Result.RESULT_COMMITTED));
    assertEquals(2, queue.backlog());
    work();
    assertEquals(0, queue.backlog());
  }

  @Test
  void delivery_isLeftToAWorker() {
    Peer peer = new Peer(8);
    peer.brings(
        Frame.newBuilder()
            .setDeliveries(
                Deliveries.newBuilder()
                    .addDeliveries(
                        Delivery.newBuilder()
                            .setHopEpoch(1)
                            .setHopSequence(1)
                            .setHeader(ByteString.copyFromUtf8("header")))));
    assertEquals(0, ports.intake(PEER.agency(), Lane.ROUTINE).size());
    work();
    assertEquals(1, ports.intake(PEER.agency(), Lane.ROUTINE).size());
    assertTrue(peer.sent.get(0).hasReceipts());
    assertEquals(0, peer.requestedBefore, "the network thread wakes once for both");
    assertEquals(1, peer.requested);
  }
}
