package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Result;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of one lane: decides what may be sent when, and what a receipt proves.
 *
 * <p>Design. A new stream starts by repeating everything unanswered, from the lowest number not
 * released; the receiver answers those it has as duplicates. A number is released only by a receipt
 * that bears the hash of what was sent under it, and only when all lower ones are. So the queue is
 * one contiguous range, and one number tells a receiver that lost its state where to continue. At
 * most one window is in flight; only its numbers, hashes and sizes are kept in memory.
 *
 * <p>Epochs. The receiver's Hello is ahead if it knows a higher epoch, or expects a number of this
 * epoch that this side never assigned. Then this side has lost state, and its numbers no longer
 * name the same contents. It opens an epoch above both, durably, and greets again; until then
 * nothing is sent.
 *
 * <p>Pure: no I/O, no clock. Not thread-safe. Outlives streams.
 */
final class HopSender {
  /** Consecutive rewinds without a release after which the stream is closed. */
  private static final int MAX_REWINDS = 32;

  /** The next number to read, and how much may be sent. */
  record ReadWindow(long from, int maxEnvelopes, long maxBytes) {}

  private static final class SentEnvelope {
    private final ByteString hash;
    private final boolean isVoid;
    private final int size;
    private @Nullable Receipt receipt;

    SentEnvelope(QueuedEnvelope outgoing) {
      this.hash = outgoing.headerHash();
      this.isVoid = outgoing.isVoid();
      this.size = outgoing.delivery().getSerializedSize();
    }

    boolean provenBy(Receipt answer) {
      return answer.getHeaderHash().equals(hash)
          || (isVoid && answer.getHeaderHash().equals(HeaderHashes.VOID));
    }
  }

  private final LinkSettings settings;

  /** What was sent from {@link #first} to below {@link #cursor}. */
  private final Map<Long, SentEnvelope> inFlight = new HashMap<>();

  private boolean connected;
  private boolean paused;
  private Credit credit = Credit.getDefaultInstance();
  private long epoch;
  private long first;
  private long cursor;
  private long bytesInFlight;
  private int rewinds;

  /** One above the highest number that this process ever sent in {@link #epoch}. */
  private long everSent;

  /** The epoch that the queue is opening, 0 if none. Sending waits for it. */
  private long opening;

  HopSender(LinkSettings settings) {
    this.settings = settings;
  }

  /**
   * A stream is open and the peer has sent its Hello.
   *
   * @param said the facts in this side's Hello on the stream
   * @param now the queue's present facts
   */
  List<HopAction> connected(HopFacts said, HopFacts now, Hello peer) {
    restart(now);
    connected = true;
    credit = peer.getCredit();
    long ownNext = Math.max(said.epoch() == epoch ? said.next() : now.next(), everSent);
    boolean peerIsAhead =
        peer.getReceiveEpoch() > epoch
            || (peer.getReceiveEpoch() == epoch && peer.getReceiveNext() > ownNext);
    if (peer.getReceiveEpoch() - epoch > LinkHello.EPOCH_JUMP_LIMIT) {
      return List.of(stop("the peer claims to have received in epoch " + peer.getReceiveEpoch()));
    }
    if (peerIsAhead) {
      return open(peer.getReceiveEpoch() + 1);
    }
    if (opening > 0 || (said.epoch() == epoch && said.first() == first)) {
      return List.of();
    }
    return List.of(new HopAction.Greet(now));
  }

  /** The stream has ended. */
  void disconnected() {
    connected = false;
    inFlight.clear();
    bytesInFlight = 0;
  }

  /** Resumes, for an operator, a lane whose numbers conflict: opens another epoch. */
  List<HopAction> renew(HopFacts now) {
    return open(now.epoch() + 1);
  }

  private List<HopAction> open(long wanted) {
    if (wanted <= opening) {
      return List.of();
    }
    opening = wanted;
    return List.of(new HopAction.OpenEpoch(wanted));
  }

  /** The queue has opened an epoch, durably. */
  List<HopAction> epochOpened(HopFacts now) {
    if (now.epoch() < opening) {
      return List.of();
    }
    opening = 0;
    restart(now);
    return connected ? List.of(new HopAction.Greet(now)) : List.of();
  }

  /** The queue could not open an epoch. */
  List<HopAction> epochFailed(String reason) {
    opening = 0;
    return List.of(new HopAction.Close(Code.NOT_READY, "no new hop epoch: " + reason));
  }

  private void restart(HopFacts now) {
    if (now.epoch() != epoch) {
      everSent = 0;
    }
    epoch = now.epoch();
    first = now.first();
    cursor = first;
    inFlight.clear();
    bytesInFlight = 0;
    rewinds = 0;
  }

  /** The peer grants another window. */
  void credited(Credit granted) {
    credit = granted;
  }

  /** Pauses or continues sending. Deliveries in flight stay in flight. */
  void pause(boolean hold) {
    paused = hold;
  }

  /** What may be read and sent now, in one message; empty if nothing. */
  Optional<ReadWindow> pull() {
    long envelopes = granted(settings.windowEnvelopes(), credit.getEnvelopes()) - inFlight.size();
    long bytes = granted(settings.windowBytes(), credit.getBytes()) - bytesInFlight;
    if (!connected || paused || opening > 0 || envelopes <= 0 || bytes <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        new ReadWindow(
            cursor,
            (int) Math.min(envelopes, settings.packEnvelopes()),
            Math.min(bytes, settings.packBytes())));
  }

  /** The peer's unsigned credit, capped at this side's own limit. */
  private static long granted(long limit, long credit) {
    return Long.compareUnsigned(credit, limit) < 0 ? credit : limit;
  }

  /** Records what the latest {@link #pull} read as sent; returns the frame. */
  Frame sending(List<QueuedEnvelope> outgoing) {
    Deliveries.Builder deliveries = Deliveries.newBuilder();
    skipReleased(outgoing.get(0).sequence());
    for (QueuedEnvelope next : outgoing) {
      Delivery delivery = next.delivery();
      if (next.sequence() != cursor
          || delivery.getHopSequence() != cursor
          || delivery.getHopEpoch() != epoch) {
        throw new IllegalStateException(
            "the queue gave " + next.sequence() + " where " + cursor + " was to be sent");
      }
      SentEnvelope sent = new SentEnvelope(next);
      inFlight.put(cursor, sent);
      bytesInFlight += sent.size;
      cursor++;
      deliveries.addDeliveries(delivery);
    }
    everSent = Math.max(everSent, cursor);
    return Frame.newBuilder().setDeliveries(deliveries).build();
  }

  /** Skips numbers answered on an earlier stream that have since been released durably. */
  private void skipReleased(long to) {
    if (to > cursor) {
      inFlight.keySet().removeIf(n -> n < to);
      bytesInFlight = inFlight.values().stream().mapToLong(sent -> sent.size).sum();
      first = to;
      cursor = to;
    }
  }

  /** Handles receipts from the peer. */
  List<HopAction> receipts(List<Receipt> receipts) {
    List<HopAction> actions = new ArrayList<>();
    if (!connected || opening > 0) {
      return actions;
    }
    for (Receipt receipt : receipts) {
      // From an earlier epoch, already answered, or sent again since: proves nothing new.
      SentEnvelope sent =
          receipt.getHopEpoch() == epoch ? inFlight.get(receipt.getHopSequence()) : null;
      if (sent == null) {
        continue;
      }
      if (!isAnswer(receipt.getResult())) {
        actions.add(new HopAction.Close(Code.MALFORMED, "a receipt without a result"));
        return actions;
      }
      if (!sent.provenBy(receipt)) {
        release(actions);
        actions.add(conflict(receipt));
        return actions;
      }
      sent.receipt = receipt;
    }
    release(actions);
    return actions;
  }

  private static boolean isAnswer(Result result) {
    return result != Result.RESULT_UNSPECIFIED && result != Result.UNRECOGNIZED;
  }

  private void release(List<HopAction> actions) {
    List<Receipt> released = new ArrayList<>();
    for (SentEnvelope head = inFlight.get(first);
        head != null && head.receipt != null;
        head = inFlight.get(first)) {
      released.add(head.receipt);
      bytesInFlight -= head.size;
      inFlight.remove(first);
      first++;
    }
    if (!released.isEmpty()) {
      rewinds = 0;
      actions.add(new HopAction.Release(released));
    }
  }

  private static HopAction conflict(Receipt receipt) {
    String found =
        receipt.getHeaderHash().isEmpty()
            ? "no longer knows the content of"
            : "stored other content under";
    return stop(
        "the peer " + found + " hop number " + receipt.getHopSequence() + ", which was sent to it");
  }

  private static HopAction stop(String found) {
    return new HopAction.Stop(HopAction.Side.SENDER, Code.SEQUENCE_CONFLICT, found);
  }

  /** Handles a gap that the peer reports. */
  List<HopAction> gap(Gap gap, HopFacts now) {
    if (!connected || opening > 0) {
      return List.of();
    }
    if (++rewinds > MAX_REWINDS) {
      return List.of(new HopAction.Close(Code.OVERLOADED, "too many gaps without progress"));
    }
    if (gap.getHopEpoch() > epoch) {
      return List.of(new HopAction.Close(Code.SEQUENCE_CONFLICT, "a gap in an epoch not opened"));
    }
    long expected = gap.getExpected();
    if (gap.getHopEpoch() < epoch || expected < first) {
      // The peer does not know the first number that can be sent.
      int counted = rewinds;
      restart(now);
      rewinds = counted;
      return List.of(new HopAction.Greet(now));
    }
    if (expected < cursor) {
      rewind(expected);
    }
    return List.of();
  }

  private void rewind(long to) {
    for (long n = to; n < cursor; n++) {
      SentEnvelope forgotten = inFlight.remove(n);
      if (forgotten != null) {
        bytesInFlight -= forgotten.size;
      }
    }
    cursor = to;
  }

  /** Whether the peer's latest credit lets something be sent. */
  boolean isGranted() {
    return credit.getEnvelopes() != 0 && credit.getBytes() != 0;
  }

  int envelopesInFlight() {
    return inFlight.size();
  }

  long bytesInFlight() {
    return bytesInFlight;
  }
}
