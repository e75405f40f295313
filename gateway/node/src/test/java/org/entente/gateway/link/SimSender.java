package org.entente.gateway.link;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.entente.gateway.testkit.LossyLink;
import org.entente.gateway.testkit.LossyLink.Side;
import org.entente.proto.link.v1.Credit;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Hello;
import org.entente.proto.link.v1.Receipt;

/** The sending node of the simulation: its disk, and the state machine on top of it. */
final class SimSender {
  /** Releases that may be undone by a crash; fewer than the hashes that the receiver keeps. */
  private static final int UNSYNCED = 32;

  private static final class Disk {
    private long epoch = 1;
    private long first = 1;
    private long next = 1;
    private long originEpoch = 1;
    private long originNext = 1;
    private final TreeMap<Long, SimContent> entries = new TreeMap<>();

    /** All that was published, by id; the real one forgets what the recipient holds. */
    private final TreeMap<Long, SimContent> outbox = new TreeMap<>();

    private final Set<Long> voids = new HashSet<>();
    private final Deque<SimContent> parked = new ArrayDeque<>();

    Disk copy() {
      Disk copy = new Disk();
      copy.epoch = epoch;
      copy.first = first;
      copy.next = next;
      copy.originEpoch = originEpoch;
      copy.originNext = originNext;
      copy.entries.putAll(entries);
      copy.outbox.putAll(outbox);
      copy.voids.addAll(voids);
      copy.parked.addAll(parked);
      return copy;
    }
  }

  private final SplittableRandom random;
  private final LossyLink<Frame> link;
  private final ProtocolMutant mutant;
  private final LinkSettings settings;
  private Disk disk = new Disk();
  private Disk backup = disk.copy();
  private HopSender hop;
  private Optional<HopFacts> said = Optional.empty();
  private boolean greeted;

  /** Lowest number not released; the disk may be behind. */
  private long first = 1;

  private long openingEpoch;
  private boolean voids;
  boolean stopped;
  boolean conflict;

  SimSender(
      SplittableRandom random,
      LossyLink<Frame> link,
      ProtocolMutant mutant,
      LinkSettings settings) {
    this.random = random;
    this.link = link;
    this.mutant = mutant;
    this.settings =
        mutant == ProtocolMutant.IGNORE_WINDOW
            ? new LinkSettings(
                8192,
                Long.MAX_VALUE,
                settings.packEnvelopes(),
                settings.packBytes(),
                settings.handshakeTimeout(),
                settings.stallTimeout(),
                settings.backoff())
            : settings;
    this.hop = new HopSender(this.settings);
  }

  void withVoids(boolean some) {
    voids = some;
  }

  void publish(long id) {
    SimContent content = new SimContent(id, disk.originEpoch, disk.originNext++);
    disk.outbox.put(id, content);
    enqueue(content);
  }

  private void enqueue(SimContent content) {
    disk.entries.put(disk.next++, content);
  }

  /** Contents that this node has not released. */
  Set<Long> unreleased() {
    Set<Long> ids = new HashSet<>();
    disk.entries.tailMap(first).values().forEach(content -> ids.add(content.id()));
    disk.parked.forEach(content -> ids.add(content.id()));
    return ids;
  }

  boolean isDrained() {
    return first == disk.next && disk.parked.isEmpty();
  }

  void connect() {
    greeted = false;
    HopFacts facts = facts();
    said = Optional.of(facts);
    greet(facts);
  }

  void disconnect() {
    said = Optional.empty();
    greeted = false;
    hop.disconnected();
  }

  void crash() {
    disconnect();
    first = disk.first;
    openingEpoch = 0;
    hop = new HopSender(settings);
  }

  void takeBackup() {
    backup = disk.copy();
  }

  /** Comes back with an old disk; a restore opens a new origin epoch, as the ledger does. */
  void restore(long newOriginEpoch) {
    disk = backup.copy();
    disk.originEpoch = newOriginEpoch;
    disk.originNext = 1;
    disk.outbox.replaceAll((id, old) -> new SimContent(id, newOriginEpoch, disk.originNext++));
    disk.entries.replaceAll((number, old) -> renumbered(old));
    List<SimContent> parked = List.copyOf(disk.parked);
    disk.parked.clear();
    parked.forEach(content -> disk.parked.add(renumbered(content)));
    backup = disk.copy();
    crash();
  }

  private SimContent renumbered(SimContent content) {
    return Objects.requireNonNull(disk.outbox.get(content.id()));
  }

  /** The disk catches up, or content that waited for a key is queued again. */
  void diskStep() {
    if (openingEpoch > 0) {
      disk.epoch = Math.max(disk.epoch, openingEpoch);
      openingEpoch = 0;
      perform(hop.epochOpened(facts()));
    } else if (random.nextBoolean()) {
      sync();
    } else if (!disk.parked.isEmpty()) {
      enqueue(disk.parked.remove());
    }
  }

  private void sync() {
    disk.first = first;
    disk.entries.headMap(first).clear();
  }

  /**
   * The recipient says that it could not open something: it is queued again, unless a restored disk
   * does not know of it any more.
   */
  boolean needRewrap(SimContent content) {
    SimContent known = disk.outbox.get(content.id());
    if (known != null && !unreleased().contains(content.id())) {
      enqueue(known);
    }
    return known != null;
  }

  void resume() {
    if (conflict && mutant != ProtocolMutant.REUSE_EPOCH) {
      perform(hop.renew(facts()));
    }
    conflict = false;
    stopped = false;
  }

  void transmit() {
    hop.pull()
        .ifPresent(
            read -> {
              List<QueuedEnvelope> outgoing = read(read);
              if (!outgoing.isEmpty()) {
                link.send(Side.ACCEPTOR, hop.sending(outgoing));
              }
            });
  }

  private List<QueuedEnvelope> read(HopSender.ReadWindow read) {
    List<QueuedEnvelope> outgoing = new ArrayList<>();
    long bytes = 0;
    for (long n = Math.max(read.from(), disk.first);
        n < disk.next && outgoing.size() < read.maxEnvelopes();
        n++) {
      QueuedEnvelope next = entry(n);
      bytes += next.delivery().getSerializedSize();
      if (bytes > read.maxBytes() && !outgoing.isEmpty()) {
        break;
      }
      outgoing.add(next);
    }
    return outgoing;
  }

  private QueuedEnvelope entry(long number) {
    SimContent content = disk.entries.get(number);
    if (content == null) {
      throw new AssertionError("number " + number + " is asked for after its release");
    }
    if (mutant == ProtocolMutant.UNSTABLE_VOID) {
      if (voids && random.nextInt(20) == 0) {
        return voided(number, content);
      }
    } else if (disk.voids.contains(number)) {
      return voided(number, content);
    } else if (voids && random.nextInt(40) == 0) {
      disk.voids.add(number);
      disk.parked.add(content);
      return voided(number, content);
    }
    return new QueuedEnvelope(number, content.headerHash(), content.delivery(disk.epoch, number));
  }

  private QueuedEnvelope voided(long number, SimContent content) {
    Delivery empty = Delivery.newBuilder().setHopEpoch(disk.epoch).setHopSequence(number).build();
    return new QueuedEnvelope(number, content.headerHash(), empty);
  }

  void received(Frame frame) {
    switch (frame.getFrameCase()) {
      case HELLO -> hello(frame.getHello());
      case RECEIPTS -> perform(hop.receipts(believed(frame.getReceipts().getReceiptsList())));
      case GAP -> perform(hop.gap(frame.getGap(), facts()));
      case CREDIT -> hop.credited(frame.getCredit());
      default -> throw new AssertionError("unexpected " + frame.getFrameCase());
    }
  }

  private List<Receipt> believed(List<Receipt> receipts) {
    if (mutant != ProtocolMutant.RELEASE_WITHOUT_HASH_CHECK) {
      return receipts;
    }
    List<Receipt> believed = new ArrayList<>();
    for (Receipt receipt : receipts) {
      SimContent content = disk.entries.get(receipt.getHopSequence());
      if (content != null) {
        believed.add(receipt.toBuilder().setHeaderHash(content.headerHash()).build());
      }
    }
    return believed;
  }

  private void hello(Hello hello) {
    if (greeted || said.isEmpty()) {
      return;
    }
    greeted = true;
    Hello.Builder heard = hello.toBuilder();
    if (mutant == ProtocolMutant.REUSE_EPOCH) {
      heard.setReceiveEpoch(0).setReceiveNext(0);
    }
    if (mutant == ProtocolMutant.IGNORE_WINDOW) {
      heard.setCredit(Credit.newBuilder().setEnvelopes(1 << 20).setBytes(1L << 40));
    }
    perform(hop.connected(said.get(), facts(), heard.build()));
  }

  private void perform(List<HopAction> actions) {
    for (HopAction action : actions) {
      if (action instanceof HopAction.Greet greet) {
        greet(greet.facts());
      } else if (action instanceof HopAction.OpenEpoch open) {
        openingEpoch = Math.max(openingEpoch, open.epoch());
      } else if (action instanceof HopAction.Release release) {
        release(release.receipts());
      } else if (action instanceof HopAction.Close) {
        link.cut();
      } else if (action instanceof HopAction.Stop) {
        stopped = true;
        conflict = true;
        link.cut();
      } else {
        throw new AssertionError("a sender does not ask for " + action);
      }
    }
  }

  private void release(List<Receipt> receipts) {
    for (Receipt receipt : receipts) {
      if (receipt.getHopSequence() > first) {
        throw new AssertionError("released " + receipt.getHopSequence() + " before " + first);
      }
      first = Math.max(first, receipt.getHopSequence() + 1);
    }
    if (first - disk.first > UNSYNCED) {
      sync();
    }
  }

  private void greet(HopFacts facts) {
    Hello hello =
        Hello.newBuilder()
            .setSendEpoch(facts.epoch())
            .setSendFirst(facts.first())
            .setSendNext(facts.next())
            .build();
    link.send(Side.ACCEPTOR, Frame.newBuilder().setHello(hello).build());
  }

  private HopFacts facts() {
    return new HopFacts(disk.epoch, disk.first, disk.next);
  }

  @Override
  public String toString() {
    return "sender "
        + facts()
        + (openingEpoch > 0 ? " opening " + openingEpoch : "")
        + (stopped ? " stopped" : "")
        + " parked "
        + disk.parked.size()
        + " in flight "
        + envelopesInFlight();
  }

  int envelopesInFlight() {
    return hop.envelopesInFlight();
  }

  long bytesInFlight() {
    return hop.bytesInFlight();
  }
}
