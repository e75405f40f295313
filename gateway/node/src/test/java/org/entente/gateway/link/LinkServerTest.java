package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.gateway.trust.gossip.BundleExchange;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.BundleInForce;
import org.entente.proto.link.v1.BundlePart;
import org.entente.proto.link.v1.BundleRequest;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.LinkPause;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A gateway against peers that do not keep to the protocol. */
class LinkServerTest {
  private static final PeerName PEER = TestNode.name("sg.police");
  private static final int FLASH = Lane.FLASH.number();

  private final ExecutorService disk = Executors.newSingleThreadExecutor();
  private Executor commits = disk;
  private final MemoryPorts ports = new MemoryPorts(lane -> task -> commits.execute(task), 100);
  private final TestNode gateway =
      new TestNode("fr.customs", ports, withHandshake(Duration.ofSeconds(20)));

  private static LinkSettings withHandshake(Duration timeout) {
    LinkSettings usual = LinkSettings.defaults();
    return new LinkSettings(
        16,
        usual.windowBytes(),
        usual.packEnvelopes(),
        usual.packBytes(),
        timeout,
        usual.stallTimeout(),
        new Backoff.Bounds(Duration.ofMillis(100), Duration.ofMinutes(10)));
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
    disk.shutdownNow();
  }

  private static Frame.Builder frame(Hello.Builder hello) {
    return Frame.newBuilder().setHello(hello);
  }

  private static Frame.Builder deliveries(long from, long to) {
    Deliveries.Builder deliveries = Deliveries.newBuilder();
    LongStream.rangeClosed(from, to)
        .mapToObj(
            n ->
                Delivery.newBuilder()
                    .setHopEpoch(1)
                    .setHopSequence(n)
                    .setHeader(ByteString.copyFromUtf8("header " + n)))
        .forEach(deliveries::addDeliveries);
    return Frame.newBuilder().setDeliveries(deliveries);
  }

  private static RawPeer greeted(TestNode at) throws Exception {
    RawPeer peer = RawPeer.open(PEER, at);
    Credit.Builder credit = Credit.newBuilder().setEnvelopes(10).setBytes(10_000);
    peer.say(frame(RawPeer.hello(PEER, FLASH).setCredit(credit)));
    assertTrue(peer.hear().hasHello());
    return peer;
  }

  private String endAfter(Frame.Builder first) throws Exception {
    try (RawPeer peer = RawPeer.open(PEER, gateway)) {
      peer.say(first);
      return peer.end();
    }
  }

  @Test
  void hello_thatIsWrong_isRefusedWithItsCode() throws Exception {
    gateway.start();
    String mismatch = "PERMISSION_DENIED entente/IDENTITY_MISMATCH";
    assertEquals(mismatch, endAfter(frame(RawPeer.hello(PEER, FLASH).setAgency("us.cbp"))));
    assertEquals(mismatch, endAfter(frame(RawPeer.hello(PEER, FLASH).setGateway("gw-2"))));
    assertEquals(
        "FAILED_PRECONDITION entente/PROTOCOL_VERSION",
        endAfter(frame(RawPeer.hello(PEER, FLASH).setProtocol(2))));
    String malformed = "INVALID_ARGUMENT entente/MALFORMED";
    assertEquals(malformed, endAfter(frame(RawPeer.hello(PEER, 5))));
    assertEquals(malformed, endAfter(frame(RawPeer.hello(PEER, -1))));
    assertEquals(malformed, endAfter(frame(RawPeer.hello(PEER, FLASH).setSendEpoch(0))));
    assertEquals(malformed, endAfter(frame(RawPeer.hello(PEER, FLASH).setSendFirst(2))));
    assertEquals(malformed, endAfter(frame(RawPeer.hello(PEER, FLASH).setReceiveEpoch(1L << 62))));
    assertEquals(
        List.of("IDENTITY_MISMATCH", "PROTOCOL_VERSION", "MALFORMED"),
        ports.refusals().stream().distinct().map(Enum::name).toList());
    assertEquals(malformed, endAfter(deliveries(1, 1)));
    assertEquals(0, ports.intake(PEER.agency(), Lane.FLASH).size());
  }

  private RawPeer greeted(int lane, long term) throws Exception {
    RawPeer peer = RawPeer.open(PEER, gateway);
    peer.say(frame(RawPeer.hello(PEER, lane).setTerm(term)));
    assertTrue(peer.hear().hasHello());
    return peer;
  }

  private String endAtTerm(long term) throws Exception {
    return endAfter(frame(RawPeer.hello(PEER, Lane.ROUTINE.number()).setTerm(term)));
  }

  /** Threat: the former leader of a replicated gateway goes on as if it led. */
  @Test
  void leader_ofLaterTerm_endsTheStreamsOfAnEarlierOne_whichIsRefusedFromThenOn() throws Exception {
    String stale = "FAILED_PRECONDITION entente/STALE_TERM";
    gateway.start();
    try (RawPeer former = greeted(FLASH, 5);
        RawPeer later = greeted(Lane.IMMEDIATE.number(), 6)) {
      assertEquals(stale, former.end());
      assertEquals(stale, endAtTerm(5));
      assertEquals(stale, endAtTerm(0));
      assertFalse(later.isOver());
      try (RawPeer other = greeted(FLASH, 6)) {
        assertFalse(other.isOver());
      }
    }
    assertEquals(
        "INVALID_ARGUMENT entente/MALFORMED", endAtTerm(-1), "a term that is no number below 2^62");
  }

  /** Whoever has a gateway's key keeps its other processes out while connected, and no longer. */
  @Test
  void term_howeverHigh_isForgottenWithItsStreams() throws Exception {
    gateway.start();
    try (RawPeer thief = greeted(LinkHello.CONTROL, LinkHello.NUMBER_LIMIT - 1)) {
      assertEquals("FAILED_PRECONDITION entente/STALE_TERM", endAtTerm(7));
      thief.finish();
      ports.await("the stream has ended", () -> !ports.isUp(PEER.agency()));
    }
    try (RawPeer leader = greeted(Lane.ROUTINE.number(), 7)) {
      assertFalse(leader.isOver());
    }
  }

  @Test
  void caller_unknownRevokedOrOfTheSameAgency_isRefused() throws Exception {
    gateway.start();
    PeerName same = TestNode.name("fr.customs");
    try (RawPeer peer = RawPeer.open(same, gateway)) {
      peer.say(frame(RawPeer.hello(same, FLASH)));
      assertEquals("PERMISSION_DENIED entente/IDENTITY_MISMATCH", peer.end());
    }
    ports.revoke(PEER.agency());
    assertEquals(
        "PERMISSION_DENIED entente/UNKNOWN_PEER", endAfter(frame(RawPeer.hello(PEER, FLASH))));
  }

  /** Threat 16: a node whose disk is filling takes nothing from peers, and says why. */
  @Test
  void deliveries_whileSomethingIsWithheld_areNotTakenAndComeAgain() throws Exception {
    gateway.start();
    Problem full = new Problem(Code.STORAGE_FULL, "", "the disk is filling");
    try (RawPeer peer = greeted(gateway)) {
      peer.say(deliveries(1, 3));
      assertEquals(3, receipts(peer));
      gateway.links().withhold(Optional.of(full));
      assertEquals(Credit.getDefaultInstance(), peer.hear().getCredit());
      peer.say(deliveries(4, 6));
      assertEquals("RESOURCE_EXHAUSTED entente/STORAGE_FULL", peer.end());
    }
    assertEquals(List.of(Code.STORAGE_FULL), ports.refusals());
    try (RawPeer peer = RawPeer.open(PEER, gateway)) {
      peer.say(frame(RawPeer.hello(PEER, FLASH).setSendFirst(4).setSendNext(7)));
      Hello hello = peer.hear().getHello();
      assertEquals(4, hello.getReceiveNext());
      assertEquals(Credit.getDefaultInstance(), hello.getCredit());
      gateway.links().withhold(Optional.empty());
      assertTrue(peer.hear().getCredit().getEnvelopes() > 0);
      peer.say(deliveries(4, 6));
      assertEquals(3, receipts(peer));
    }
    assertEquals(6, ports.intake(PEER.agency(), Lane.FLASH).size());
  }

  /** The number of the next receipts; credit may come at any time before them. */
  private static int receipts(RawPeer peer) throws InterruptedException {
    Frame frame = peer.hear();
    while (frame.hasCredit()) {
      frame = peer.hear();
    }
    return frame.getReceipts().getReceiptsCount();
  }

  @Test
  void silentStream_isEndedAfterTheHandshakeTime() throws Exception {
    try (TestNode hasty =
        new TestNode("de.customs", ports, withHandshake(Duration.ofMillis(100))).start()) {
      try (RawPeer peer = RawPeer.open(PEER, hasty)) {
        assertEquals("UNAVAILABLE entente/NOT_READY", peer.end());
      }
    }
    gateway.start();
  }

  @Test
  void malformedFrame_endsItsStream_andNoOther() throws Exception {
    gateway.start();
    PeerName other = TestNode.name("de.customs");
    try (RawPeer bystander = RawPeer.open(other, gateway)) {
      bystander.say(frame(RawPeer.hello(other, FLASH)));
      assertTrue(bystander.hear().hasHello());
      for (Frame.Builder wrong :
          List.of(
              Frame.newBuilder().setNotice(Notice.getDefaultInstance()),
              Frame.newBuilder()
                  .setDeliveries(
                      Deliveries.newBuilder().addDeliveries(Delivery.getDefaultInstance())),
              frame(RawPeer.hello(PEER, FLASH).setSendEpoch(-1)),
              deliveries(1, 65))) {
        try (RawPeer peer = greeted(gateway)) {
          peer.say(wrong);
          assertEquals("INVALID_ARGUMENT entente/MALFORMED", peer.end());
        }
      }
      assertFalse(bystander.isOver());
      bystander.say(deliveries(1, 3));
      assertEquals(3, receipts(bystander));
    }
  }

  @Test
  void frame_ofAKindNotKnownHere_isPassedOver() throws Exception {
    gateway.start();
    try (RawPeer peer = greeted(gateway)) {
      UnknownFieldSet later =
          UnknownFieldSet.newBuilder()
              .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
              .build();
      peer.say(Frame.newBuilder().setUnknownFields(later));
      peer.say(deliveries(1, 1));
      assertEquals(1, receipts(peer));
    }
  }

  @Test
  void controlStream_carriesNoticesOnly() throws Exception {
    gateway.start();
    try (RawPeer peer = RawPeer.open(PEER, gateway)) {
      peer.say(frame(RawPeer.hello(PEER, 0)));
      assertTrue(peer.hear().hasHello());
      peer.say(
          Frame.newBuilder()
              .setNotice(
                  Notice.newBuilder()
                      .setKeyBundle(com.google.protobuf.ByteString.copyFromUtf8("keys"))));
      ports.await("the notice came", () -> ports.notices().size() == 1);
      peer.say(deliveries(1, 1));
      assertEquals("INVALID_ARGUMENT entente/MALFORMED", peer.end());
    }
  }

  private static Frame.Builder inForce(long version, int hashBytes) {
    return Frame.newBuilder()
        .setBundleInForce(
            BundleInForce.newBuilder()
                .setVersion(version)
                .setHash(ByteString.copyFrom(new byte[hashBytes])));
  }

  private static Frame.Builder part(int bytes) {
    return Frame.newBuilder()
        .setBundlePart(
            BundlePart.newBuilder()
                .setHash(ByteString.copyFrom(new byte[32]))
                .setTotal(1 << 20)
                .setNote(ByteString.copyFrom(new byte[bytes])));
  }

  /** Threat 51: a peer that claims any number at all. */
  @Test
  void wordOfTrust_thatBreaksABound_isCountedAndTheLinkGoesOn() throws Exception {
    gateway.start();
    try (RawPeer peer = RawPeer.open(PEER, gateway)) {
      peer.say(frame(RawPeer.hello(PEER, 0).setBundleVersion(Long.MAX_VALUE)));
      assertTrue(peer.hear().hasHello());
      peer.say(inForce(Long.MAX_VALUE, 32));
      peer.say(inForce(0, 32));
      peer.say(inForce(2, 31));
      peer.say(inForce(2, 1 << 20));
      peer.say(part(BundleExchange.PART_BYTES + 1));
      peer.say(Frame.newBuilder().setFreshness(ByteString.copyFrom(new byte[8193])));
      peer.say(
          Frame.newBuilder().setBundleRequest(BundleRequest.newBuilder().setHave(1).setOffset(-1)));
      UnknownFieldSet later =
          UnknownFieldSet.newBuilder()
              .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
              .build();
      peer.say(Frame.newBuilder().setUnknownFields(later));
      peer.say(inForce(2, 32));
      ports.await("the good word came", () -> ports.words().size() == 1);
      assertEquals(new TrustMessage.InForce(2, "00".repeat(32)), ports.words().get(0));
      assertEquals(Collections.nCopies(7, Code.MALFORMED), ports.refusals());
    }
  }

  @Test
  void wordOfTrust_onALane_endsItsStream() throws Exception {
    gateway.start();
    try (RawPeer peer = greeted(gateway)) {
      peer.say(inForce(2, 32));
      assertEquals("INVALID_ARGUMENT entente/MALFORMED", peer.end());
    }
  }

  /** A peer that asks for parts and reads none of them. */
  @Test
  void parts_forAPeerThatDoesNotRead_waitUpToABound() throws Exception {
    gateway.start();
    try (RawPeer peer = RawPeer.openWithoutReading(PEER, gateway)) {
      peer.say(frame(RawPeer.hello(PEER, 0)));
      assertTrue(peer.hear().hasHello());
      ports.await("the control stream stands", () -> ports.isUp(PEER.agency()));
      TrustMessage part =
          new TrustMessage.Part(
              "00".repeat(32), 0, 1 << 20, ByteBuffer.wrap(new byte[BundleExchange.PART_BYTES]));
      int taken = 0;
      while (gateway.links().send(PEER.agency(), part)) {
        taken++;
        assertTrue(taken < 256, "what waits is bounded");
      }
      assertTrue(taken >= 64, taken + " parts of 64 KiB");
    }
  }

  @Test
  void peer_thatSendsMoreThanItWasGranted_isCutOff() throws Exception {
    commits = task -> {};
    gateway.start();
    try (RawPeer peer = greeted(gateway)) {
      peer.say(deliveries(1, 10));
      peer.say(deliveries(11, 20));
      assertEquals("RESOURCE_EXHAUSTED entente/OVERLOADED", peer.end());
      assertEquals(16, ports.intake(PEER.agency(), Lane.FLASH).mostPending());
    }
  }

  @Test
  void peer_thatCausesAnswersWithoutReadingThem_isCutOff() throws Exception {
    gateway.start();
    try (RawPeer peer = greeted(gateway)) {
      peer.say(deliveries(1, 16));
      assertTrue(peer.hear().hasReceipts());
    }
    try (RawPeer peer = RawPeer.openWithoutReading(PEER, gateway)) {
      peer.say(frame(RawPeer.hello(PEER, FLASH)));
      assertTrue(peer.hear().hasHello());
      ports.await(
          "the flood ends",
          () -> {
            while (peer.sayIfReady(deliveries(1, 16))) {
              // What is not read back by this side has to pile up at the other.
            }
            return gateway.links().status().stream()
                .flatMap(status -> status.lanes().stream())
                .noneMatch(LaneStatus::connected);
          });
    }
  }

  @Test
  void receiptsThatProveNothing_releaseNothing() throws Exception {
    gateway.start();
    ports.queue(PEER.agency(), Lane.FLASH).add("precious");
    try (RawPeer peer = greeted(gateway)) {
      assertEquals(1, peer.hear().getDeliveries().getDeliveriesCount());
      Receipt.Builder forged =
          Receipt.newBuilder().setHopEpoch(1).setHopSequence(7).setResult(Result.RESULT_COMMITTED);
      peer.say(Frame.newBuilder().setReceipts(Receipts.newBuilder().addReceipts(forged)));
      peer.say(
          Frame.newBuilder()
              .setReceipts(Receipts.newBuilder().addReceipts(forged.setHopSequence(1))));
      assertEquals("FAILED_PRECONDITION entente/SEQUENCE_CONFLICT", peer.end());
    }
    assertEquals(1, ports.queue(PEER.agency(), Lane.FLASH).backlog());
    ports.await("the alarm", () -> ports.alarms().size() == 1);
    assertEquals(
        "FAILED_PRECONDITION entente/SEQUENCE_CONFLICT",
        endAfter(frame(RawPeer.hello(PEER, FLASH))),
        "the lane stays stopped");
  }

  @Test
  void gaps_withoutEnd_endTheStream() throws Exception {
    gateway.start();
    ports.queue(PEER.agency(), Lane.FLASH).add("again and again");
    try (RawPeer peer = greeted(gateway)) {
      Frame.Builder gap = Frame.newBuilder().setGap(Gap.newBuilder().setHopEpoch(1).setExpected(1));
      for (int i = 0; i < 40; i++) {
        peer.say(gap);
      }
      assertEquals("RESOURCE_EXHAUSTED entente/OVERLOADED", peer.end());
    }
  }

  /** The lines of a class's log meanwhile. */
  private static List<String> logged(Class<?> by, Attempt meanwhile) throws Exception {
    Logger log = (Logger) LoggerFactory.getLogger(by);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
    try {
      meanwhile.run();
    } finally {
      log.detachAppender(lines);
      log.setLevel(null);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private interface Attempt {
    void run() throws Exception;
  }

  /** Threat 89: a peer can open streams and end them as fast as it likes. */
  @Test
  void streams_thatAPeerEndsAtOnce_areOneLineOfTheLog() throws Exception {
    gateway.start();
    assertEquals(
        List.of("sg.police FLASH: stream ended: ended by the peer"),
        logged(
            StreamSlot.class,
            () -> {
              for (int i = 0; i < 5; i++) {
                try (RawPeer peer = greeted(gateway)) {
                  peer.finish();
                  assertEquals("OK", peer.end());
                }
              }
              // Whatever the gateway does about one of them comes before it greets on the next.
              greeted(gateway).close();
            }));
  }

  /** Threat 89: an epoch is a number that a peer raises at will. */
  @Test
  void epochs_thatAPeerRaisesAtOnce_areOneLineOfTheLog() throws Exception {
    gateway.start();
    assertEquals(
        List.of("sg.police FLASH: hop epoch 1 from 1"),
        logged(
            LaneTraffic.class,
            () -> {
              try (RawPeer peer = greeted(gateway)) {
                for (int epoch = 2; epoch <= 100; epoch++) {
                  peer.say(frame(RawPeer.hello(PEER, FLASH).setSendEpoch(epoch)));
                }
                peer.say(Frame.newBuilder().setNotice(Notice.getDefaultInstance()));
                assertEquals("INVALID_ARGUMENT entente/MALFORMED", peer.end());
              }
            }));
    assertEquals(100, ports.intake(PEER.agency(), Lane.FLASH).epoch());
  }

  /** Threat 89: a pause, too. */
  @Test
  void pauses_thatAPeerStatesAtOnce_areOneLineOfTheLog() throws Exception {
    gateway.start();
    assertEquals(
        List.of(
            "link to sg.police/gw-1 is up; its trust bundle has version 0",
            "sg.police has paused the link",
            "link to sg.police is down"),
        logged(
            ControlTraffic.class,
            () -> {
              try (RawPeer peer = RawPeer.open(PEER, gateway)) {
                peer.say(frame(RawPeer.hello(PEER, 0)));
                assertTrue(peer.hear().hasHello());
                for (int i = 0; i < 100; i++) {
                  LinkPause.Builder pause = LinkPause.newBuilder().setPaused(i % 2 == 0);
                  peer.say(Frame.newBuilder().setLinkPause(pause));
                }
                peer.say(Frame.newBuilder().setCredit(Credit.getDefaultInstance()));
                assertEquals("INVALID_ARGUMENT entente/MALFORMED", peer.end());
                ports.await("it is down", () -> !ports.isUp(PEER.agency()));
              }
            }));
  }
}
