package org.entente.gateway.simulation;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.SignedNotice;
import org.entente.proto.link.v1.Stanza;

/** Counts what nodes say to each other, by sender, receiver and kind. */
final class ScaleTraffic implements SimNetwork.FrameTap {
  /** What a frame is there for. */
  enum Kind {
    /** Deliveries, evidence among them. */
    ENVELOPES,
    /** Receipts, credit, and what restores the order of a lane. */
    HOP,
    /** Watermarks, and what is said of numbers. */
    NUMBERS,
    /** Key bundles, and who asks for them. */
    KEYS,
    /** Requests of logs to witnesses. */
    WITNESS_REQUESTS,
    /** Answers of witnesses. */
    WITNESS_ANSWERS,
    /** What witnesses tell each other about logs. */
    WITNESS_REPORTS,
    /** Trust bundles, and words about which is in force. */
    BUNDLES,
    /** Statements of witnesses about trust bundles. */
    FRESHNESS,
    /** Greetings and pauses. */
    STREAMS
  }

  /**
   * An amount of traffic.
   *
   * @param items deliveries where the frame packs several, else frames
   * @param bytes of the frames as serialised; what gRPC, TLS and TCP add is not in it
   */
  record Amount(long items, long bytes) {
    static final Amount NONE = new Amount(0, 0);

    Amount plus(Amount other) {
      return new Amount(items + other.items, bytes + other.bytes);
    }
  }

  /**
   * What one origin's envelopes came to on all hops.
   *
   * @param deliveries hop messages
   * @param stanzas carried by them
   * @param bytes of the deliveries
   * @param announcements bytes of the announcements of sessions among those
   */
  record Fanout(long deliveries, long stanzas, long bytes, long announcements) {
    static final Fanout NONE = new Fanout(0, 0, 0, 0);

    Fanout plus(Fanout other) {
      return new Fanout(
          deliveries + other.deliveries,
          stanzas + other.stanzas,
          bytes + other.bytes,
          announcements + other.announcements);
    }
  }

  private final Map<AgencyName, Map<Kind, Amount>> sent = new HashMap<>();
  private final Map<AgencyName, Map<Kind, Amount>> received = new HashMap<>();
  private final Map<String, Fanout> fanouts = new HashMap<>();

  @Override
  public void sent(AgencyName from, AgencyName to, Frame frame) {
    Kind kind = kind(frame);
    long items = frame.hasDeliveries() ? frame.getDeliveries().getDeliveriesCount() : 1;
    Amount amount = new Amount(items, frame.getSerializedSize());
    add(sent, from, kind, amount);
    add(received, to, kind, amount);
    for (Delivery delivery : frame.getDeliveries().getDeliveriesList()) {
      if (delivery.getPathCount() > 0) {
        fanouts.merge(delivery.getPath(0), fanout(delivery), Fanout::plus);
      }
    }
  }

  private static Fanout fanout(Delivery delivery) {
    long announcements =
        delivery.getStanzasList().stream()
            .map(Stanza::getAnnouncement)
            .mapToLong(announcement -> announcement.size())
            .sum();
    return new Fanout(1, delivery.getStanzasCount(), delivery.getSerializedSize(), announcements);
  }

  private static void add(
      Map<AgencyName, Map<Kind, Amount>> all, AgencyName node, Kind kind, Amount amount) {
    all.computeIfAbsent(node, name -> new EnumMap<>(Kind.class)).merge(kind, amount, Amount::plus);
  }

  private static Kind kind(Frame frame) {
    return switch (frame.getFrameCase()) {
      case DELIVERIES -> Kind.ENVELOPES;
      case RECEIPTS, GAP, CREDIT -> Kind.HOP;
      case NOTICE -> kind(frame.getNotice());
      case BUNDLE_IN_FORCE, BUNDLE_REQUEST, BUNDLE_PART -> Kind.BUNDLES;
      case FRESHNESS -> Kind.FRESHNESS;
      case HELLO, LINK_PAUSE, ATTACHMENT_REQUEST, ATTACHMENT_PART, FRAME_NOT_SET -> Kind.STREAMS;
    };
  }

  private static Kind kind(Notice notice) {
    return switch (notice.getNoticeCase()) {
      case KEY_BUNDLE, KEY_REQUEST -> Kind.KEYS;
      case SIGNED_NOTICE -> kind(notice.getSignedNotice());
      case WATERMARKS, VOID_STATEMENT, SETTLED_STATEMENT, NOTICE_NOT_SET -> Kind.NUMBERS;
    };
  }

  private static Kind kind(ByteString signed) {
    byte[] notice = NoticeStatement.parse(signed.toByteArray()).orElseThrow().content().notice();
    try {
      return switch (SignedNotice.parseFrom(notice).getSaidCase()) {
        case WITNESS_REQUEST -> Kind.WITNESS_REQUESTS;
        case WITNESS_ANSWER -> Kind.WITNESS_ANSWERS;
        case WITNESSED -> Kind.WITNESS_REPORTS;
        case NEED_REWRAP, EVIDENCE_REQUEST, SAID_NOT_SET -> Kind.NUMBERS;
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a gateway signed what does not parse", e);
    }
  }

  /** Forgets what was counted so far. */
  void reset() {
    sent.clear();
    received.clear();
    fanouts.clear();
  }

  /** What one node said. */
  Amount sentBy(String node, Kind kind) {
    return of(sent, node, kind);
  }

  /** What was said to one node. */
  Amount receivedBy(String node, Kind kind) {
    return of(received, node, kind);
  }

  private static Amount of(Map<AgencyName, Map<Kind, Amount>> all, String node, Kind kind) {
    return all.getOrDefault(new AgencyName(node), Map.of()).getOrDefault(kind, Amount.NONE);
  }

  /** What all said, on every hop. */
  Amount all(Kind kind) {
    return sent.values().stream()
        .map(byKind -> byKind.getOrDefault(kind, Amount.NONE))
        .reduce(Amount.NONE, Amount::plus);
  }

  /** The most bytes of a kind that any node said. */
  long mostBytesByOne(Kind kind) {
    return sent.values().stream()
        .mapToLong(byKind -> byKind.getOrDefault(kind, Amount.NONE).bytes())
        .max()
        .orElse(0);
  }

  /** What became of the envelopes of an origin. */
  Fanout of(String origin) {
    return fanouts.getOrDefault(origin, Fanout.NONE);
  }
}
