package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.Code;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Gap;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;

/**
 * The receiving half of one lane: decides which deliveries to accept and how to answer each.
 *
 * <p>Design. Numbers below {@code committed} are durable: repetitions are answered as duplicates
 * with the stored hash, and a hash that differs stops the lane. Numbers from there to below {@code
 * accepted} have been handed to the intake and are not durable yet: repetitions are dropped, as the
 * answer follows. {@code accepted} itself is the next to accept. A higher number is a gap, reported
 * once. Only durable deliveries get a receipt.
 *
 * <p>A batch handed over outlives the stream it arrived on; its receipts go to the stream that is
 * open when it is durable. If the intake fails, nothing more is accepted until every outstanding
 * batch has returned, and then again from {@code committed}.
 *
 * <p>Pure but for the look-up of stored hashes. Not thread-safe. Holds no deliveries, only the
 * sizes of batches.
 */
final class HopReceiver {
  /** {@link HopIntake#committedHash}. */
  interface StoredHashes {
    Optional<ByteString> find(long epoch, long sequence);
  }

  private record ReceivedBatch(int envelopes, long bytes) {}

  private final LinkSettings settings;
  private final StoredHashes hashes;

  /** Batches handed to the intake and not returned, oldest first. */
  private final Deque<ReceivedBatch> outstanding = new ArrayDeque<>();

  private long epoch;
  private long committed;
  private long accepted;
  private int pendingEnvelopes;
  private long pendingBytes;
  private boolean failed;
  private boolean renewing;

  /** The gap reported last; 0 if it has been filled. */
  private long gapNamed;

  /**
   * @param epoch the intake's, 0 if there is none
   * @param next the intake's
   */
  HopReceiver(LinkSettings settings, StoredHashes hashes, long epoch, long next) {
    this.settings = settings;
    this.hashes = hashes;
    this.epoch = epoch;
    this.committed = next;
    this.accepted = next;
  }

  long epoch() {
    return epoch;
  }

  /** The lowest number that is not durable. */
  long next() {
    return committed;
  }

  /** The number and size of deliveries that the peer may have unanswered. */
  Credit window() {
    return Credit.newBuilder()
        .setEnvelopes(settings.windowEnvelopes())
        .setBytes(settings.windowBytes())
        .build();
  }

  /** Handles the sequence position in a peer's Hello, at the start of a stream or later. */
  List<HopAction> greeted(Hello peer) {
    gapNamed = 0;
    boolean higher = peer.getSendEpoch() > epoch;
    boolean ahead = peer.getSendEpoch() == epoch && peer.getSendFirst() > committed;
    if (!higher && !ahead) {
      return List.of();
    }
    if (peer.getSendEpoch() - epoch > LinkHello.EPOCH_JUMP_LIMIT) {
      return List.of(stop("the peer claims to send in epoch " + peer.getSendEpoch()));
    }
    if (!outstanding.isEmpty()) {
      return List.of(
          new HopAction.Close(Code.NOT_READY, "earlier deliveries are still being stored"));
    }
    return List.of(adopt(peer.getSendEpoch(), peer.getSendFirst()));
  }

  /** Handles deliveries. */
  List<HopAction> deliveries(List<Delivery> deliveries) {
    if (deliveries.size() > LinkSettings.MAX_PACK_ENVELOPES) {
      return List.of(new HopAction.Close(Code.MALFORMED, "a message has more than 64 deliveries"));
    }
    if (failed) {
      return List.of(new HopAction.Close(Code.NOT_READY, "cannot store now"));
    }
    DeliverySorter taking = new DeliverySorter();
    for (Delivery delivery : deliveries) {
      if (!taking.take(delivery)) {
        break;
      }
    }
    return taking.actions();
  }

  /** Sorts one message's deliveries into those to store and those to answer at once. */
  private final class DeliverySorter {
    private final List<Delivery> run = new ArrayList<>();
    private final Receipts.Builder answers = Receipts.newBuilder();
    private final List<HopAction> last = new ArrayList<>();
    private long bytes;

    /** Sorts one delivery; returns whether to continue with the next. */
    boolean take(Delivery delivery) {
      long sequence = delivery.getHopSequence();
      if (!isNumber(delivery.getHopEpoch()) || !isNumber(sequence)) {
        last.add(new HopAction.Close(Code.MALFORMED, "a delivery without epoch or sequence"));
        return false;
      }
      if (delivery.getHopEpoch() < epoch) {
        return true;
      }
      if (delivery.getHopEpoch() > epoch || sequence > accepted) {
        nameGap();
        return true;
      }
      if (sequence == accepted) {
        return accept(delivery);
      }
      return sequence >= committed || answerDuplicate(delivery);
    }

    private boolean accept(Delivery delivery) {
      // Twice, as an envelope sent again may differ in size from what the sender first counted.
      if (pendingEnvelopes + run.size() >= settings.windowEnvelopes()
          || pendingBytes + bytes >= 2 * settings.windowBytes()) {
        last.add(new HopAction.Close(Code.OVERLOADED, "more deliveries than were granted"));
        return false;
      }
      run.add(delivery);
      bytes += delivery.getSerializedSize();
      accepted++;
      gapNamed = 0;
      return true;
    }

    private boolean answerDuplicate(Delivery delivery) {
      Optional<ByteString> stored = hashes.find(epoch, delivery.getHopSequence());
      ByteString hash = stored.orElse(ByteString.EMPTY);
      // A void withdraws nothing already stored: the hash tells the sender what was stored.
      boolean same =
          stored.isPresent()
              && (delivery.getHeader().isEmpty()
                  || hash.equals(HeaderHashes.ofHeader(delivery.getHeader())));
      answers.addReceipts(
          Receipt.newBuilder()
              .setHopEpoch(epoch)
              .setHopSequence(delivery.getHopSequence())
              .setHeaderHash(hash)
              .setResult(Result.RESULT_DUPLICATE)
              .setCode(same ? "" : Code.SEQUENCE_CONFLICT.name()));
      if (!same) {
        String reason = stored.isPresent() ? " with other content" : " after its hash was dropped";
        last.add(stop("hop number " + delivery.getHopSequence() + " was received again" + reason));
      }
      return same;
    }

    private void nameGap() {
      if (gapNamed != accepted) {
        gapNamed = accepted;
        Gap gap = Gap.newBuilder().setHopEpoch(epoch).setExpected(accepted).build();
        last.add(new HopAction.Say(Frame.newBuilder().setGap(gap).build()));
      }
    }

    List<HopAction> actions() {
      List<HopAction> actions = new ArrayList<>();
      if (!run.isEmpty()) {
        outstanding.add(new ReceivedBatch(run.size(), bytes));
        pendingEnvelopes += run.size();
        pendingBytes += bytes;
        actions.add(new HopAction.Receive(run));
      }
      if (answers.getReceiptsCount() > 0) {
        actions.add(new HopAction.Say(Frame.newBuilder().setReceipts(answers).build()));
      }
      actions.addAll(last);
      return actions;
    }
  }

  private static boolean isNumber(long value) {
    return value >= 1 && value < LinkHello.NUMBER_LIMIT;
  }

  /** The oldest outstanding batch is durable. */
  List<HopAction> committed(List<Receipt> receipts) {
    ReceivedBatch batch = comeBack();
    if (receipts.size() != batch.envelopes()) {
      throw new IllegalStateException(
          receipts.size() + " receipts for " + batch.envelopes() + " deliveries");
    }
    for (Receipt receipt : receipts) {
      if (receipt.getHopEpoch() != epoch || receipt.getHopSequence() != committed) {
        throw new IllegalStateException(
            "a receipt for " + receipt.getHopSequence() + " where " + committed + " was due");
      }
      committed++;
    }
    List<HopAction> actions = new ArrayList<>();
    Receipts answer = Receipts.newBuilder().addAllReceipts(receipts).build();
    actions.add(new HopAction.Say(Frame.newBuilder().setReceipts(answer).build()));
    settle(actions);
    return actions;
  }

  /** The oldest outstanding batch was not stored. */
  List<HopAction> failed(Code code, String text) {
    comeBack();
    failed = true;
    List<HopAction> actions = new ArrayList<>();
    actions.add(new HopAction.Close(code, text));
    settle(actions);
    return actions;
  }

  private ReceivedBatch comeBack() {
    ReceivedBatch batch = outstanding.remove();
    pendingEnvelopes -= batch.envelopes();
    pendingBytes -= batch.bytes();
    return batch;
  }

  /**
   * Resumes, for an operator, a lane whose numbers conflict. Moves to an unused epoch, so that the
   * next Hello makes the sender open one above it: the answer that showed the conflict may not have
   * reached the sender.
   */
  List<HopAction> renew() {
    renewing = true;
    List<HopAction> actions = new ArrayList<>();
    settle(actions);
    return actions;
  }

  private void settle(List<HopAction> actions) {
    if (!outstanding.isEmpty()) {
      return;
    }
    if (failed) {
      failed = false;
      accepted = committed;
      gapNamed = 0;
    }
    if (renewing) {
      renewing = false;
      actions.add(adopt(epoch + 1, 1));
    }
  }

  private static HopAction stop(String found) {
    return new HopAction.Stop(HopAction.Side.RECEIVER, Code.SEQUENCE_CONFLICT, found);
  }

  private HopAction adopt(long newEpoch, long next) {
    epoch = newEpoch;
    committed = next;
    accepted = next;
    gapNamed = 0;
    return new HopAction.Adopt(newEpoch, next);
  }

  int pendingEnvelopes() {
    return pendingEnvelopes;
  }

  long pendingBytes() {
    return pendingBytes;
  }
}
