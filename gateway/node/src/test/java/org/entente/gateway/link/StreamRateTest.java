package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.testkit.HandTimers;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Stanza;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Threat 76: what the gateways of an agency send beyond its rates waits, and costs nothing before;
 * each of its streams goes on by turns, and other agencies are not delayed.
 */
class StreamRateTest {
  private static final PeerName PEER = TestNode.name("sg.police");
  private static final PeerName OTHER = TestNode.name("x.hub");
  private static final int PER_SECOND = 100;

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

  private static Frame receipts(int count) {
    Receipts.Builder all = Receipts.newBuilder();
    for (int i = 0; i < count; i++) {
      all.addReceipts(Receipt.newBuilder().setHopEpoch(9).setHopSequence(1));
    }
    return Frame.newBuilder().setReceipts(all).build();
  }

  /** A stream that a peer opened, whose next frame comes when it is requested. */
  private final class Opened implements IncomingStream {
    private @Nullable Listener listener;
    private int requested;

    Opened(PeerName peer, Lane lane) {
      links.accept(this, peer, RawPeer.hello(peer, lane.number()).build());
    }

    /** Sends frames as long as they are read; how many were. */
    int send(int frames, Frame frame) {
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

  private void limit(int deliveries, int verifications, int commits) {
    limit(deliveries, verifications, commits, 0);
  }

  private void limit(int deliveries, int verifications, int commits, int messages) {
    ports.limit(
        Accounts.ofAgencies(
            new NodeConfig.Limits(
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                null,
                new NodeConfig.PerAgency(
                    0, 0, 0, 0, deliveries, verifications, commits, 0, messages, 0, 0, 0, 0, 0)),
            timers::nanos));
  }

  @Test
  void framesBeyondTheRate_wait_andOtherAgenciesDoNot() {
    limit(PER_SECOND, 0, 0);
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    // Twice the rate at once: the Hello is one, and one more waits here.
    assertEquals(2 * PER_SECOND, hostile.send(10_000, receipts(0)));
    assertEquals(0, hostile.send(10_000, receipts(0)));
    assertEquals(50, new Opened(OTHER, Lane.ROUTINE).send(50, receipts(0)));
    timers.pass(Duration.ofSeconds(1));
    int next = hostile.send(10_000, receipts(0));
    assertTrue(next >= PER_SECOND - 1 && next <= PER_SECOND + 1, "" + next);
  }

  @Test
  void streamOfAnAgencyBeyondItsRate_hasItsTurn_besideItsOthers() {
    limit(PER_SECOND, 0, 0);
    Opened bulk = new Opened(PEER, Lane.ROUTINE);
    bulk.send(10_000, receipts(PER_SECOND));
    Opened flash = new Opened(PEER, Lane.FLASH);
    assertEquals(0, flash.send(1, receipts(0)), "its Hello waits for the debt of the other stream");
    timers.pass(Duration.ofSeconds(2));
    bulk.send(10_000, receipts(PER_SECOND));
    assertEquals(1, flash.send(1, receipts(0)));
  }

  private static Frame announcements(int from) {
    Deliveries.Builder all = Deliveries.newBuilder();
    for (int i = 0; i < LinkSettings.MAX_PACK_ENVELOPES; i++) {
      all.addDeliveries(
          Delivery.newBuilder()
              .setHopEpoch(1)
              .setHopSequence(from + i)
              .setHeader(ByteString.copyFrom(new byte[] {1, 1, 1, 0, 0, 1}))
              .addStanzas(
                  Stanza.newBuilder()
                      .setRecipient("fr.customs")
                      .setAnnouncement(ByteString.copyFromUtf8("new"))));
    }
    return Frame.newBuilder().setDeliveries(all).build();
  }

  /** Every delivery announces another session: two signatures, a decapsulation, and a signature. */
  @Test
  void announcementsBeyondTheRate_reachNothingThatVerifiesThem_untilTheyArePaid() {
    limit(0, PER_SECOND, 0);
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    assertEquals(1, hostile.send(10, announcements(1)));
    assertEquals(0, ports.intake(PEER.agency(), Lane.ROUTINE).size());
    timers.pass(Duration.ofMillis(500));
    assertEquals(0, ports.intake(PEER.agency(), Lane.ROUTINE).size());
    Opened honest = new Opened(OTHER, Lane.ROUTINE);
    assertEquals(1, honest.send(1, receipts(0)));
    timers.pass(Duration.ofMillis(100));
    assertEquals(64, ports.intake(PEER.agency(), Lane.ROUTINE).size());
  }

  /** Each frame has one delivery, and is a change of its own to the ledger. */
  @Test
  void commitsBeyondTheRate_wait() {
    limit(0, 0, PER_SECOND);
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    Frame empty = Frame.newBuilder().setDeliveries(Deliveries.getDefaultInstance()).build();
    assertEquals(2 * PER_SECOND, hostile.send(10_000, empty));
    assertEquals(0, hostile.send(10_000, empty));
    assertEquals(50, new Opened(OTHER, Lane.ROUTINE).send(50, empty));
  }

  private static Frame messages(int from, int count, String recipient) {
    byte[] header = {1, 1, 1, 0, (byte) (count >> 8), (byte) count};
    return Frame.newBuilder()
        .setDeliveries(
            Deliveries.newBuilder()
                .addDeliveries(
                    Delivery.newBuilder()
                        .setHopEpoch(1)
                        .setHopSequence(from)
                        .setHeader(ByteString.copyFrom(header))
                        .addStanzas(Stanza.newBuilder().setRecipient(recipient))))
        .build();
  }

  /** Threat 93: an envelope of many small messages costs one delivery, and all their processing. */
  @Test
  void messagesBeyondTheRate_wait_andThoseOnlyPassedOnCostNone() {
    limit(0, 0, 0, 4_096);
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    assertEquals(1, hostile.send(1, messages(1, 4_096, "fr.customs")));
    assertEquals(1, hostile.send(1, messages(2, 4_096, "fr.customs")));
    assertEquals(1, hostile.send(1, messages(3, 4_096, "fr.customs")), "which waits here");
    assertEquals(0, hostile.send(1, messages(4, 4_096, "fr.customs")));
    assertEquals(2, ports.intake(PEER.agency(), Lane.ROUTINE).size());
    Opened honest = new Opened(OTHER, Lane.ROUTINE);
    for (int i = 1; i <= 10; i++) {
      assertEquals(1, honest.send(1, messages(i, 4_096, "sg.police")));
    }
    timers.pass(Duration.ofSeconds(1));
    assertEquals(3, ports.intake(PEER.agency(), Lane.ROUTINE).size());
  }

  @Test
  void whatAFrameHolds_countsToo() {
    limit(PER_SECOND, 0, 0);
    Opened hostile = new Opened(PEER, Lane.ROUTINE);
    assertEquals(2, hostile.send(10_000, receipts(PER_SECOND - 1)));
    timers.pass(Duration.ofMillis(900));
    assertEquals(1, hostile.send(10_000, receipts(PER_SECOND - 1)));
    timers.pass(Duration.ofMillis(100));
    assertEquals(0, hostile.send(10_000, receipts(PER_SECOND - 1)));
    timers.pass(Duration.ofMillis(100));
    assertEquals(1, hostile.send(10_000, receipts(PER_SECOND - 1)));
  }
}
