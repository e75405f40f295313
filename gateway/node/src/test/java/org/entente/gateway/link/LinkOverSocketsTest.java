package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.CuttableProxy;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.gateway.testkit.MemoryQueue;
import org.entente.proto.link.v1.ExchangeRequest;
import org.entente.proto.link.v1.ExchangeResponse;
import org.entente.proto.link.v1.LinkServiceGrpc;
import org.entente.proto.link.v1.Notice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkOverSocketsTest {
  private static final int BODY_BYTES = 200;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ExecutorService disk = Executors.newSingleThreadExecutor();

  @AfterEach
  void closeAll() throws Exception {
    for (int i = opened.size() - 1; i >= 0; i--) {
      opened.get(i).close();
    }
    disk.shutdownNow();
  }

  private <T extends AutoCloseable> T open(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  private TestNode node(String agency) throws IOException {
    return node(agency, new MemoryPorts(lane -> disk, BODY_BYTES), LinkSettings.defaults());
  }

  private TestNode node(String agency, MemoryPorts ports, LinkSettings settings)
      throws IOException {
    return open(new TestNode(agency, ports, settings)).start();
  }

  private static LinkSettings impatient(Duration timeout) {
    LinkSettings usual = LinkSettings.defaults();
    return new LinkSettings(
        usual.windowEnvelopes(),
        usual.windowBytes(),
        usual.packEnvelopes(),
        usual.packBytes(),
        timeout,
        timeout,
        new Backoff.Bounds(Duration.ofMillis(10), Duration.ofMillis(100)));
  }

  private static List<String> publish(TestNode from, TestNode to, Lane lane, int count) {
    MemoryQueue queue = from.ports.queue(to.agency(), lane);
    List<String> headers =
        IntStream.range(0, count).mapToObj(i -> from.agency() + "-" + lane + "-" + i).toList();
    for (String header : headers) {
      queue.add(header);
      from.links().wake(to.agency(), lane);
    }
    return headers;
  }

  private static void awaitLedger(TestNode at, TestNode from, Lane lane, List<String> expected)
      throws InterruptedException {
    at.ports.await(
        "all of " + expected.size() + " came to " + at.agency(),
        () -> at.ports.intake(from.agency(), lane).size() >= expected.size());
    assertEquals(expected, at.ports.intake(from.agency(), lane).ledger());
  }

  private static void awaitReleased(TestNode at, TestNode to, Lane lane)
      throws InterruptedException {
    at.ports.await("all was answered", () -> at.ports.queue(to.agency(), lane).backlog() == 0);
  }

  @Test
  void tenThousandBothWays_overOneConnection_arriveOnceInOrder() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    fr.dial(de, de::port);
    List<String> there = publish(fr, de, Lane.IMMEDIATE, 10_000);
    List<String> back = publish(de, fr, Lane.IMMEDIATE, 10_000);
    awaitLedger(de, fr, Lane.IMMEDIATE, there);
    awaitLedger(fr, de, Lane.IMMEDIATE, back);
    awaitReleased(fr, de, Lane.IMMEDIATE);
    awaitReleased(de, fr, Lane.IMMEDIATE);
    LaneStatus status = fr.lane(de, Lane.IMMEDIATE);
    assertTrue(status.connected() && status.stopped().isEmpty());
    assertTrue(status.roundTrip().orElseThrow().compareTo(Duration.ofSeconds(30)) < 0);
    assertTrue(status.lastContact().isPresent());
  }

  /**
   * A gateway's nodes: one is off, one follows, one leads; then the leader dies and another leads.
   */
  @Test
  void peer_withSeveralAddresses_isFoundWhereItLeads_alsoAfterATakeOver() throws Exception {
    TestNode fr = node("fr.customs");
    MemoryPorts shared = new MemoryPorts(lane -> disk, BODY_BYTES);
    TestNode leader = node("de.customs", shared, LinkSettings.defaults());
    Server follower = follower();
    int off = LoopbackPort.next();
    fr.dial(leader, List.of(off, follower.getPort(), leader.port()));
    List<String> sent = new ArrayList<>(publish(fr, leader, Lane.FLASH, 100));
    awaitLedger(leader, fr, Lane.FLASH, sent);
    assertEquals("127.0.0.1:" + leader.port(), address(fr));
    leader.stop();
    TestNode next = open(new TestNode("de.customs", shared, LinkSettings.defaults())).start(off);
    sent.addAll(publish(fr, next, Lane.FLASH, 100));
    awaitLedger(next, fr, Lane.FLASH, sent);
    awaitReleased(fr, next, Lane.FLASH);
    assertEquals("127.0.0.1:" + off, address(fr));
  }

  /** A node that answers peers only that another one leads. */
  private static final class Follower extends LinkServiceGrpc.LinkServiceImplBase {
    @Override
    public StreamObserver<ExchangeRequest> exchange(StreamObserver<ExchangeResponse> responses) {
      AcceptedStream stream =
          new AcceptedStream(
              (ServerCallStreamObserver<ExchangeResponse>) responses,
              (from, hello) -> {},
              InboundMessages.UNCOUNTED);
      stream.start();
      stream.end(Code.NOT_LEADER, "another node leads");
      return stream;
    }
  }

  private static String address(TestNode of) {
    return of.links().status().get(0).address().orElseThrow().toString();
  }

  private Server follower() throws IOException {
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                InsecureServerCredentials.create())
            .addService(new Follower())
            .build()
            .start();
    open(server::shutdownNow);
    return server;
  }

  @Test
  void connection_cutManyTimes_resumesWithoutLossOrDuplicate() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    CuttableProxy proxy = open(new CuttableProxy(de::port));
    fr.dial(de, proxy::port);
    List<String> there = new ArrayList<>();
    for (int round = 0; round < 5; round++) {
      proxy.cutAfter(100_000);
      MemoryQueue queue = fr.ports.queue(de.agency(), Lane.PRIORITY);
      for (int i = 0; i < 1000; i++) {
        there.add(round + "-" + i);
        queue.add(round + "-" + i);
        fr.links().wake(de.agency(), Lane.PRIORITY);
      }
      awaitLedger(de, fr, Lane.PRIORITY, there);
      int connections = round + 2;
      fr.ports.await("a new connection", () -> proxy.accepted() >= connections);
    }
    awaitReleased(fr, de, Lane.PRIORITY);
    assertEquals(List.of(), fr.ports.alarms());
    assertEquals(List.of(), de.ports.alarms());
  }

  @Test
  void bothSides_dialAtOnce_endWithOneStreamEach() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    fr.dial(de, de::port);
    de.dial(fr, fr::port);
    fr.ports.await("all lanes stand", () -> fr.isConnectedTo(de) && de.isConnectedTo(fr));
    for (Lane lane : Lane.all()) {
      List<String> there = publish(fr, de, lane, 500);
      List<String> back = publish(de, fr, lane, 500);
      awaitLedger(de, fr, lane, there);
      awaitLedger(fr, de, lane, back);
      awaitReleased(fr, de, lane);
      awaitReleased(de, fr, lane);
    }
  }

  @Test
  void acceptor_killedBeforeItsCommits_getsTheRestFromItsDialler() throws Exception {
    HeldExecutor held = new HeldExecutor(5);
    MemoryPorts ports = new MemoryPorts(lane -> held, BODY_BYTES);
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs", ports, LinkSettings.defaults());
    fr.dial(de, de::port);
    List<String> there = publish(fr, de, Lane.ROUTINE, 2000);
    fr.ports.await("some are not committed", () -> held.holds() > 2);
    de.stop();
    held.drop();
    assertTrue(ports.intake(fr.agency(), Lane.ROUTINE).size() < 2000);
    de.start();
    awaitLedger(de, fr, Lane.ROUTINE, there);
    awaitReleased(fr, de, Lane.ROUTINE);
  }

  @Test
  void dialler_killedBeforeItHeardReceipts_sendsAgainAndNothingDoubles() throws Exception {
    HeldExecutor held = new HeldExecutor(5);
    MemoryPorts ports = new MemoryPorts(lane -> held, BODY_BYTES);
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs", ports, LinkSettings.defaults());
    fr.dial(de, de::port);
    List<String> there = publish(fr, de, Lane.ROUTINE, 2000);
    fr.ports.await("some are not answered", () -> held.holds() > 2);
    fr.stop();
    held.release();
    long unanswered = fr.ports.queue(de.agency(), Lane.ROUTINE).backlog();
    assertTrue(unanswered > 2000 - ports.intake(fr.agency(), Lane.ROUTINE).size());
    fr.start();
    fr.dial(de, de::port);
    awaitLedger(de, fr, Lane.ROUTINE, there);
    awaitReleased(fr, de, Lane.ROUTINE);
  }

  @Test
  void slowReceiver_onOneLane_isHeldToItsWindowAndHoldsBackNoOther() throws Exception {
    HeldExecutor slow = new HeldExecutor(0);
    MemoryPorts ports = new MemoryPorts(lane -> lane == Lane.ROUTINE ? slow : disk, BODY_BYTES);
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs", ports, LinkSettings.defaults());
    fr.dial(de, de::port);
    List<String> held = publish(fr, de, Lane.ROUTINE, 5000);
    List<String> urgent = publish(fr, de, Lane.FLASH, 3000);
    awaitLedger(de, fr, Lane.FLASH, urgent);
    int window = LinkSettings.defaults().windowEnvelopes();
    fr.ports.await("the window is full", () -> fr.lane(de, Lane.ROUTINE).inFlight() == window);
    assertEquals(0, ports.intake(fr.agency(), Lane.ROUTINE).size());
    slow.release();
    awaitLedger(de, fr, Lane.ROUTINE, held);
    assertTrue(ports.intake(fr.agency(), Lane.ROUTINE).mostPending() <= window);
  }

  @Test
  void stalledConnection_withEverythingOpen_isNoticedAndResumed() throws Exception {
    LinkSettings settings = impatient(Duration.ofMillis(300));
    TestNode fr = node("fr.customs", new MemoryPorts(lane -> disk, BODY_BYTES), settings);
    TestNode de = node("de.customs", new MemoryPorts(lane -> disk, BODY_BYTES), settings);
    CuttableProxy proxy = open(new CuttableProxy(de::port));
    fr.dial(de, proxy::port);
    fr.ports.await("connected", () -> fr.isConnectedTo(de));
    proxy.stall(true);
    List<String> there = publish(fr, de, Lane.FLASH, 3000);
    fr.ports.await("the stall is noticed", () -> !fr.lane(de, Lane.FLASH).connected());
    proxy.stall(false);
    awaitLedger(de, fr, Lane.FLASH, there);
    awaitReleased(fr, de, Lane.FLASH);
  }

  @Test
  void peer_awayForLong_getsTrafficSoonAfterItsReturn() throws Exception {
    LinkSettings settings = impatient(Duration.ofSeconds(5));
    TestNode fr = node("fr.customs", new MemoryPorts(lane -> disk, BODY_BYTES), settings);
    TestNode de = node("de.customs");
    CuttableProxy proxy = open(new CuttableProxy(de::port));
    proxy.refuse(true);
    fr.dial(de, proxy::port);
    List<String> there = publish(fr, de, Lane.FLASH, 10);
    // gRPC's own pauses would by now be longer than this test waits.
    fr.ports.await("many attempts", () -> proxy.accepted() > 20);
    proxy.refuse(false);
    awaitLedger(de, fr, Lane.FLASH, there);
  }

  @Test
  void revokedPeer_withOpenStreams_isCutAndNotLetInAgain() throws Exception {
    LinkSettings settings = impatient(Duration.ofSeconds(5));
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs", new MemoryPorts(lane -> disk, BODY_BYTES), settings);
    TestNode sg = node("sg.police");
    de.dial(fr, fr::port);
    sg.dial(fr, fr::port);
    fr.ports.await("both stand", () -> fr.isConnectedTo(de) && fr.isConnectedTo(sg));
    fr.ports.revoke(de.agency());
    fr.links().closePeer(de.agency());
    de.ports.await("de.customs is cut", () -> !de.ports.isUp(fr.agency()));
    publish(de, fr, Lane.FLASH, 100);
    List<String> other = publish(sg, fr, Lane.FLASH, 500);
    awaitLedger(fr, sg, Lane.FLASH, other);
    assertFalse(fr.isConnectedTo(de));
    assertEquals(0, fr.ports.intake(de.agency(), Lane.FLASH).size());
  }

  @Test
  void sender_thatLostItsState_opensAnEpochAndGoesOn() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    fr.dial(de, de::port);
    List<String> all = new ArrayList<>(publish(fr, de, Lane.FLASH, 100));
    awaitReleased(fr, de, Lane.FLASH);
    fr.stop();
    MemoryQueue queue = fr.ports.queue(de.agency(), Lane.FLASH);
    queue.forget();
    fr.start();
    queue.add("after the restore");
    all.add("after the restore");
    fr.dial(de, de::port);
    awaitLedger(de, fr, Lane.FLASH, all);
    assertEquals(1, queue.epochsOpened());
    assertEquals(List.of(), de.ports.alarms());
  }

  @Test
  void sameNumber_withOtherContent_stopsBothEndsUntilResumed() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    fr.dial(de, de::port);
    List<String> all = new ArrayList<>(publish(fr, de, Lane.FLASH, 3));
    awaitReleased(fr, de, Lane.FLASH);
    fr.stop();
    MemoryQueue queue = fr.ports.queue(de.agency(), Lane.FLASH);
    queue.forget();
    for (int i = 0; i < 5; i++) {
      queue.add("other " + i);
      all.add("other " + i);
    }
    fr.start();
    fr.dial(de, de::port);
    de.ports.await("the receiver's alarm", () -> !de.ports.alarms().isEmpty());
    fr.ports.await("the sender's alarm", () -> !fr.ports.alarms().isEmpty());
    assertEquals(List.of(Code.SEQUENCE_CONFLICT), de.ports.alarms());
    assertEquals(List.of(Code.SEQUENCE_CONFLICT), fr.ports.alarms());
    assertEquals(Code.SEQUENCE_CONFLICT, fr.lane(de, Lane.FLASH).stopped().orElseThrow());
    assertEquals(3, de.ports.intake(fr.agency(), Lane.FLASH).size());
    List<String> others = publish(fr, de, Lane.ROUTINE, 10);
    awaitLedger(de, fr, Lane.ROUTINE, others);
    de.links().resume(fr.agency(), Lane.FLASH);
    fr.links().resume(de.agency(), Lane.FLASH);
    awaitLedger(de, fr, Lane.FLASH, all);
    awaitReleased(fr, de, Lane.FLASH);
  }

  @Test
  void pausedLane_holdsBothDirections_untilResumed() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    fr.links().pause(de.agency(), Lane.FLASH);
    fr.dial(de, de::port);
    List<String> there = publish(fr, de, Lane.FLASH, 10);
    List<String> back = publish(de, fr, Lane.FLASH, 10);
    List<String> other = publish(fr, de, Lane.ROUTINE, 10);
    awaitLedger(de, fr, Lane.ROUTINE, other);
    fr.ports.await("connected", () -> fr.isConnectedTo(de) && de.isConnectedTo(fr));
    assertEquals(0, de.ports.intake(fr.agency(), Lane.FLASH).size());
    assertEquals(0, fr.ports.intake(de.agency(), Lane.FLASH).size());
    assertTrue(fr.lane(de, Lane.FLASH).paused());
    fr.links().resume(de.agency(), Lane.FLASH);
    assertEquals(0, fr.ports.intake(de.agency(), Lane.FLASH).size(), "a resume is no unpause");
    fr.links().unpause(de.agency(), Lane.FLASH);
    awaitLedger(de, fr, Lane.FLASH, there);
    awaitLedger(fr, de, Lane.FLASH, back);
  }

  /** Before, the receiver waited for ever for what it had handed over. */
  @Test
  void intake_thatThrows_getsWhatItWasHandedAgain() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    de.ports.intake(fr.agency(), Lane.FLASH).throwOver(2);
    fr.dial(de, de::port);
    List<String> there = publish(fr, de, Lane.FLASH, 100);
    awaitLedger(de, fr, Lane.FLASH, there);
    awaitReleased(fr, de, Lane.FLASH);
  }

  @Test
  void notices_goBothWays_onlyWhileUp() throws Exception {
    TestNode fr = node("fr.customs");
    TestNode de = node("de.customs");
    Notice asks =
        Notice.newBuilder()
            .setFrom("fr.customs")
            .setKeyBundle(com.google.protobuf.ByteString.copyFromUtf8("keys"))
            .build();
    assertFalse(fr.links().send(de.agency(), asks));
    fr.dial(de, de::port);
    fr.ports.await("up", () -> fr.ports.isUp(de.agency()) && de.ports.isUp(fr.agency()));
    assertTrue(fr.links().send(de.agency(), asks));
    assertTrue(de.links().send(fr.agency(), asks.toBuilder().setFrom("de.customs").build()));
    de.ports.await("the notice came", () -> de.ports.notices().equals(List.of(asks)));
    fr.ports.await("the other came", () -> fr.ports.notices().size() == 1);
    fr.links().closePeer(de.agency());
    fr.ports.await("down", () -> !fr.ports.isUp(de.agency()));
    assertFalse(fr.links().send(de.agency(), asks));
  }

  /** A disk that runs some commits, then keeps the rest until a test says what becomes of them. */
  private static final class HeldExecutor implements Executor {
    private final Queue<Runnable> held = new ArrayDeque<>();
    private int free;

    HeldExecutor(int free) {
      this.free = free;
    }

    @Override
    public synchronized void execute(Runnable task) {
      if (free > 0) {
        free--;
        task.run();
      } else {
        held.add(task);
      }
    }

    synchronized int holds() {
      return held.size();
    }

    synchronized void release() {
      free = Integer.MAX_VALUE;
      while (!held.isEmpty()) {
        held.remove().run();
      }
    }

    /** What a killed process had not committed never will be. */
    synchronized void drop() {
      free = Integer.MAX_VALUE;
      held.clear();
    }
  }
}
