package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.entente.gateway.ledger.sequence.OriginWindow;
import org.entente.gateway.ledger.sequence.OriginWindow.Offer;
import org.entente.gateway.model.Code;
import org.entente.gateway.testkit.LossyLink;
import org.entente.gateway.testkit.LossyLink.Side;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;
import org.entente.proto.link.v1.Receipts;
import org.entente.proto.link.v1.Result;

/** The receiving node of the simulation: its disk, and the state machine on top of it. */
final class SimReceiver {
  private static final int HASHES_KEPT = 128;

  private record HopNumber(long epoch, long sequence) {}

  private static final class Disk {
    private long epoch;
    private long next = 1;
    private byte[] window = OriginWindow.fresh(1).encode();
    private Map<HopNumber, ByteString> hashes = new LinkedHashMap<>();
    private List<SimContent> ledger = new ArrayList<>();
    private Set<SimContent> wanted = new HashSet<>();

    Disk copy() {
      Disk copy = new Disk();
      copy.epoch = epoch;
      copy.next = next;
      copy.window = window.clone();
      copy.hashes = new LinkedHashMap<>(hashes);
      copy.ledger = new ArrayList<>(ledger);
      copy.wanted = new HashSet<>(wanted);
      return copy;
    }
  }

  private final SplittableRandom random;
  private final LossyLink<Frame> link;
  private final ProtocolMutant mutant;
  private final LinkSettings settings;
  private Disk disk = new Disk();
  private Disk backup = disk.copy();
  private HopReceiver hop;
  private boolean greeted;
  private long epoch;
  private long next;
  private boolean faulty;
  private final Deque<List<Delivery>> toCommit = new ArrayDeque<>();
  private final Deque<Optional<List<Receipt>>> toTell = new ArrayDeque<>();
  boolean stopped;

  SimReceiver(
      SplittableRandom random,
      LossyLink<Frame> link,
      ProtocolMutant mutant,
      LinkSettings settings) {
    this.random = random;
    this.link = link;
    this.mutant = mutant;
    this.settings = settings;
    this.hop = start();
  }

  private HopReceiver start() {
    epoch = disk.epoch;
    next = disk.next;
    return new HopReceiver(settings, this::stored, epoch, next);
  }

  private Optional<ByteString> stored(long hopEpoch, long sequence) {
    return Optional.ofNullable(disk.hashes.get(new HopNumber(hopEpoch, sequence)));
  }

  /** Refuses to open or to store something now and then. */
  void withFaults(boolean some) {
    faulty = some;
  }

  List<SimContent> ledger() {
    return disk.ledger;
  }

  /** What was answered REWRAP and has not come yet; asked for until it has. */
  List<SimContent> wanted() {
    return List.copyOf(disk.wanted);
  }

  void doesNotWant(SimContent content) {
    disk.wanted.remove(content);
  }

  void resume() {
    if (stopped && mutant != ProtocolMutant.REUSE_EPOCH) {
      perform(hop.renew());
    }
    stopped = false;
  }

  boolean isIdle() {
    return toCommit.isEmpty() && toTell.isEmpty();
  }

  void connect() {
    greeted = false;
    Hello hello =
        Hello.newBuilder()
            .setReceiveEpoch(hop.epoch())
            .setReceiveNext(hop.next())
            .setCredit(hop.window())
            .build();
    say(Frame.newBuilder().setHello(hello).build());
  }

  void crash() {
    greeted = false;
    toCommit.clear();
    toTell.clear();
    if (mutant == ProtocolMutant.FORGET_WATERMARK && disk.next > 4) {
      disk.next -= 3;
      disk.window = OriginWindow.fresh(OriginWindow.decode(disk.window).epoch()).encode();
    }
    hop = start();
  }

  void takeBackup() {
    backup = disk.copy();
  }

  void restore() {
    disk = backup.copy();
    crash();
  }

  void reinstall() {
    disk = new Disk();
    backup = disk.copy();
    crash();
  }

  void received(Frame frame) {
    if (stopped) {
      return;
    }
    if (frame.hasHello()) {
      greeted = true;
      perform(hop.greeted(frame.getHello()));
    } else if (greeted) {
      deliver(frame.getDeliveries().getDeliveriesList());
    } else {
      link.cut();
    }
  }

  private void deliver(List<Delivery> deliveries) {
    List<HopAction> actions = hop.deliveries(deliveries);
    boolean gap =
        actions.stream().anyMatch(a -> a instanceof HopAction.Say say && say.frame().hasGap());
    if (mutant == ProtocolMutant.SKIP_GAP && gap && isIdle()) {
      Delivery beyond = deliveries.get(deliveries.size() - 1);
      perform(
          hop.greeted(
              Hello.newBuilder()
                  .setSendEpoch(beyond.getHopEpoch())
                  .setSendFirst(beyond.getHopSequence())
                  .build()));
      actions = hop.deliveries(List.of(beyond));
    }
    perform(actions);
  }

  /** The disk takes the oldest batch, all of it or nothing. */
  void commitStep() {
    List<Delivery> batch = toCommit.poll();
    if (batch == null) {
      return;
    }
    // What was handed over after something that failed does not follow what is durable.
    boolean follows = batch.get(0).getHopSequence() == next;
    if (!follows || (faulty && random.nextInt(50) == 0)) {
      toTell.add(Optional.empty());
      return;
    }
    List<Receipt> receipts = new ArrayList<>();
    for (Delivery delivery : batch) {
      receipts.add(commit(delivery));
    }
    toTell.add(Optional.of(receipts));
  }

  private Receipt commit(Delivery delivery) {
    if (delivery.getHopSequence() != next || delivery.getHopEpoch() != epoch) {
      throw new AssertionError(delivery.getHopSequence() + " is taken instead of " + next);
    }
    next++;
    disk.epoch = epoch;
    disk.next = next;
    ByteString hash = HeaderHashes.ofHeader(delivery.getHeader());
    disk.hashes.put(new HopNumber(epoch, delivery.getHopSequence()), hash);
    if (disk.hashes.size() > HASHES_KEPT) {
      disk.hashes.remove(disk.hashes.keySet().iterator().next());
    }
    Result result = delivery.getHeader().isEmpty() ? Result.RESULT_COMMITTED : open(delivery);
    return Receipt.newBuilder()
        .setHopEpoch(epoch)
        .setHopSequence(delivery.getHopSequence())
        .setHeaderHash(hash)
        .setResult(result)
        .build();
  }

  private Result open(Delivery delivery) {
    SimContent content = SimContent.of(delivery);
    OriginWindow window = OriginWindow.decode(disk.window);
    if (content.originEpoch() > window.epoch()) {
      window = OriginWindow.fresh(content.originEpoch());
    } else if (content.originEpoch() < window.epoch()) {
      throw new AssertionError("a delivery of an older origin epoch after a newer one");
    }
    if (faulty && random.nextInt(30) == 0 && !window.holds(content.originSequence())) {
      disk.wanted.add(content);
      disk.window = window.encode();
      return Result.RESULT_REWRAP;
    }
    disk.wanted.removeIf(wanted -> wanted.id() == content.id());
    Offer offer = window.offer(content.originSequence());
    disk.window = window.encode();
    if (offer == Offer.NEW) {
      disk.ledger.add(content);
    }
    return offer == Offer.NEW ? Result.RESULT_COMMITTED : Result.RESULT_DUPLICATE;
  }

  /** The state machine hears what became of the oldest batch. */
  void tellStep() {
    Optional<List<Receipt>> outcome = toTell.poll();
    if (outcome != null) {
      perform(
          outcome.map(hop::committed).orElseGet(() -> hop.failed(Code.STORAGE_FULL, "disk full")));
    }
  }

  private void perform(List<HopAction> actions) {
    for (HopAction action : actions) {
      if (action instanceof HopAction.Say say) {
        say(say.frame());
      } else if (action instanceof HopAction.Receive receive) {
        if (mutant == ProtocolMutant.ACK_BEFORE_COMMIT) {
          say(Frame.newBuilder().setReceipts(premature(receive.deliveries())).build());
        }
        toCommit.add(receive.deliveries());
      } else if (action instanceof HopAction.Adopt adopt) {
        epoch = adopt.epoch();
        next = adopt.next();
      } else if (action instanceof HopAction.Close) {
        link.cut();
      } else if (action instanceof HopAction.Stop) {
        // A stream that is ended by its acceptor still carries what was said on it before.
        stopped = true;
        if (random.nextBoolean()) {
          link.cut();
        }
      } else {
        throw new AssertionError("a receiver does not ask for " + action);
      }
    }
  }

  private static Receipts premature(List<Delivery> deliveries) {
    Receipts.Builder receipts = Receipts.newBuilder();
    for (Delivery delivery : deliveries) {
      receipts.addReceipts(
          Receipt.newBuilder()
              .setHopEpoch(delivery.getHopEpoch())
              .setHopSequence(delivery.getHopSequence())
              .setHeaderHash(HeaderHashes.ofHeader(delivery.getHeader()))
              .setResult(Result.RESULT_COMMITTED));
    }
    return receipts.build();
  }

  private void say(Frame frame) {
    link.send(Side.DIALLER, frame);
  }

  @Override
  public String toString() {
    return "receiver epoch "
        + epoch
        + " next "
        + next
        + (stopped ? " stopped" : "")
        + " pending "
        + pendingEnvelopes()
        + " wanted "
        + disk.wanted;
  }

  int pendingEnvelopes() {
    return hop.pendingEnvelopes();
  }

  long pendingBytes() {
    return hop.pendingBytes();
  }
}
