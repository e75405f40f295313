package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.testkit.Formats;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;

/**
 * Frames of a peer, one after the other as a stream of an authenticated but hostile gateway,
 * against both halves of a lane. A frame stands after its length in two bytes.
 */
public final class LinkFormats {
  private static final int LENGTH_BYTES = 2;

  private LinkFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("link")
        .with("frames", LinkFormats::stream, LinkFormats::streams)
        .with("trust-frame", LinkFormats::trustFrame, LinkFormats::trustFrames);
  }

  /** What is read of a frame about trust bundles says the same again. */
  private static boolean trustFrame(byte[] bytes) {
    try {
      Optional<TrustMessage> word = TrustFrames.word(Frame.parseFrom(bytes));
      if (word.isPresent() && !TrustFrames.word(TrustFrames.frame(word.get())).equals(word)) {
        throw new AssertionError("another word after encoding: " + word.get());
      }
      return word.isPresent();
    } catch (InvalidProtocolBufferException notAFrame) {
      return false;
    }
  }

  private static List<byte[]> trustFrames() {
    String hash = "0123456789abcdef".repeat(4);
    ByteBuffer bytes = ByteBuffer.wrap(new byte[] {1, 2, 3});
    return Stream.of(
            new TrustMessage.InForce(7, hash),
            new TrustMessage.PartRequest(7, "", 0),
            new TrustMessage.PartRequest(7, hash, 65_536),
            new TrustMessage.Part(hash, 65_536, 65_539, bytes),
            new TrustMessage.FreshnessNotice(bytes))
        .map(word -> TrustFrames.frame(word).toByteArray())
        .toList();
  }

  private static boolean stream(byte[] bytes) {
    FuzzedLane lane = new FuzzedLane();
    int at = 0;
    while (at + LENGTH_BYTES <= bytes.length && !lane.ended) {
      int length = (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
      int end = Math.min(bytes.length, at + LENGTH_BYTES + length);
      try {
        lane.received(
            Frame.parseFrom(
                ByteString.copyFrom(bytes, at + LENGTH_BYTES, end - at - LENGTH_BYTES)));
      } catch (InvalidProtocolBufferException notAFrame) {
        // gRPC ends the stream.
        return false;
      }
      at = end;
    }
    return at > 0 && !lane.ended;
  }

  /** A lane whose ledger commits at once, and whose queue holds 35 deliveries. */
  private static final class FuzzedLane {
    private final Map<Long, ByteString> stored = new HashMap<>();
    private final HopReceiver receiver =
        new HopReceiver(
            LinkSettings.defaults(),
            (epoch, number) -> Optional.ofNullable(stored.get(number)),
            2,
            5);
    private final HopSender sender = new HopSender(LinkSettings.defaults());
    private HopFacts queue = new HopFacts(2, 5, 40);
    private long next = 5;
    private long epoch = 2;
    private boolean greeted;
    private boolean ended;

    void received(Frame frame) {
      switch (frame.getFrameCase()) {
        case HELLO -> hello(frame.getHello());
        case DELIVERIES -> perform(receiver.deliveries(frame.getDeliveries().getDeliveriesList()));
        case RECEIPTS -> perform(sender.receipts(frame.getReceipts().getReceiptsList()));
        case GAP -> perform(sender.gap(frame.getGap(), queue));
        case CREDIT -> sender.credited(frame.getCredit());
        case NOTICE,
            BUNDLE_IN_FORCE,
            BUNDLE_REQUEST,
            BUNDLE_PART,
            FRESHNESS,
            LINK_PAUSE,
            ATTACHMENT_REQUEST,
            ATTACHMENT_PART ->
            ended = true;
        case FRAME_NOT_SET -> {}
      }
      if (!ended) {
        send();
      }
    }

    /** The first one opens the stream, later ones say where the peer's sequence stands. */
    private void hello(Hello hello) {
      if (!LinkHello.factsAreSound(hello)) {
        ended = true;
        return;
      }
      perform(receiver.greeted(hello));
      if (!greeted && !ended) {
        greeted = true;
        perform(sender.connected(queue, queue, hello));
      }
    }

    private void send() {
      Optional<HopSender.ReadWindow> read = sender.pull();
      if (read.isPresent()) {
        long from = read.get().from();
        long last = Math.min(queue.next() - 1, from + read.get().maxEnvelopes() - 1L);
        List<QueuedEnvelope> pack = new ArrayList<>();
        for (long number = from; number <= last; number++) {
          pack.add(outgoing(queue.epoch(), number));
        }
        if (!pack.isEmpty()) {
          sender.sending(pack);
        }
      }
    }

    private void perform(List<HopAction> actions) {
      for (HopAction action : actions) {
        if (action instanceof HopAction.Adopt adopt) {
          epoch = adopt.epoch();
          next = adopt.next();
          stored.clear();
        } else if (action instanceof HopAction.Receive receive) {
          commit(receive.deliveries());
        } else if (action instanceof HopAction.Release release) {
          release.receipts().forEach(this::released);
        } else if (action instanceof HopAction.OpenEpoch open) {
          queue = new HopFacts(open.epoch(), 1, queue.next() - queue.first() + 1);
          perform(sender.epochOpened(queue));
        } else if (action instanceof HopAction.Close || action instanceof HopAction.Stop) {
          ended = true;
        }
      }
    }

    /** The rule that loses mail if broken: nothing is released out of turn or without its hash. */
    private void released(Receipt receipt) {
      ByteString hash = HeaderHashes.ofHeader(header(queue.epoch(), queue.first()));
      if (receipt.getHopSequence() != queue.first() || !receipt.getHeaderHash().equals(hash)) {
        throw new AssertionError("released without proof: " + receipt);
      }
      queue = new HopFacts(queue.epoch(), queue.first() + 1, queue.next());
    }

    private void commit(List<Delivery> deliveries) {
      List<Receipt> receipts = new ArrayList<>();
      for (Delivery delivery : deliveries) {
        if (delivery.getHopEpoch() != epoch || delivery.getHopSequence() != next) {
          throw new AssertionError("handed over out of turn: " + delivery.getHopSequence());
        }
        ByteString hash = HeaderHashes.ofHeader(delivery.getHeader());
        stored.put(next, hash);
        receipts.add(receipt(epoch, next, hash));
        next++;
      }
      receiver.committed(receipts);
    }
  }

  private static ByteString header(long epoch, long number) {
    return ByteString.copyFromUtf8("header " + epoch + " " + number);
  }

  private static QueuedEnvelope outgoing(long epoch, long number) {
    ByteString header = header(epoch, number);
    Delivery delivery =
        Delivery.newBuilder().setHopEpoch(epoch).setHopSequence(number).setHeader(header).build();
    return new QueuedEnvelope(number, HeaderHashes.ofHeader(header), delivery);
  }

  private static Receipt receipt(long epoch, long number, ByteString hash) {
    return Receipt.newBuilder()
        .setHopEpoch(epoch)
        .setHopSequence(number)
        .setHeaderHash(hash)
        .setResult(Result.RESULT_COMMITTED)
        .build();
  }

  private static List<byte[]> streams() {
    Credit credit = Credit.newBuilder().setEnvelopes(10).setBytes(100_000).build();
    Hello hello =
        Hello.newBuilder()
            .setProtocol(1)
            .setAgency("de.customs")
            .setGateway("gw-1")
            .setLane(3)
            .setSendEpoch(2)
            .setSendFirst(5)
            .setSendNext(9)
            .setReceiveEpoch(2)
            .setReceiveNext(5)
            .setCredit(credit)
            .build();
    Deliveries deliveries =
        Deliveries.newBuilder()
            .addDeliveries(outgoing(2, 5).delivery())
            .addDeliveries(outgoing(2, 6).delivery())
            .build();
    Receipts receipts =
        Receipts.newBuilder()
            .addReceipts(receipt(2, 5, HeaderHashes.ofHeader(header(2, 5))))
            .addReceipts(receipt(2, 6, HeaderHashes.ofHeader(header(2, 6))))
            .build();
    Gap gap = Gap.newBuilder().setHopEpoch(2).setExpected(5).build();
    return List.of(
        frames(
            Frame.newBuilder().setHello(hello).build(),
            Frame.newBuilder().setDeliveries(deliveries).build(),
            Frame.newBuilder().setReceipts(receipts).build(),
            Frame.newBuilder().setCredit(credit).build(),
            Frame.newBuilder().setDeliveries(deliveries).build()),
        frames(
            Frame.newBuilder().setHello(hello).build(),
            Frame.newBuilder().setGap(gap).build(),
            Frame.newBuilder()
                .setHello(hello.toBuilder().setSendEpoch(3).setSendFirst(1))
                .build()));
  }

  private static byte[] frames(Frame... frames) {
    ByteString.Output out = ByteString.newOutput();
    for (Frame frame : frames) {
      byte[] bytes = frame.toByteArray();
      out.write(bytes.length >> 8);
      out.write(bytes.length);
      out.write(bytes, 0, bytes.length);
    }
    return out.toByteString().toByteArray();
  }
}
