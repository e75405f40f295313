package org.entente.gateway.link;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.entente.gateway.testkit.LossyLink;
import org.entente.gateway.testkit.LossyLink.Faults;
import org.entente.gateway.testkit.LossyLink.Side;
import org.entente.proto.link.v1.Frame;

/**
 * One lane from one node to another, in one direction, under faults that a seed decides; then
 * without faults until all is delivered. Every rule that is broken is an {@link AssertionError}.
 */
final class HopSimulation {
  private static final int STEPS = 400;
  private static final int STEPS_TO_DRAIN = 12_000;
  private static final LinkSettings SETTINGS =
      new LinkSettings(
          8,
          700,
          4,
          400,
          LinkSettings.defaults().handshakeTimeout(),
          LinkSettings.defaults().stallTimeout(),
          LinkSettings.defaults().backoff());
  private static final int LARGEST = 200;

  private final SplittableRandom random;
  private final LossyLink<Frame> link;
  private final SimSender sender;
  private final SimReceiver receiver;

  /** Ids that were queued durably, less those that a restored disk has forgotten. */
  private final Set<Long> promised = new HashSet<>();

  private final boolean crashes;
  private final boolean restores;
  private final boolean detours;
  private boolean connected;
  private boolean senderLostState;
  private long published;
  private long originEpochs = 1;
  private int idle;
  private int checked;

  HopSimulation(long seed, ProtocolMutant mutant) {
    random = new SplittableRandom(seed);
    crashes = random.nextInt(3) > 0;
    restores = random.nextInt(4) == 0;
    detours = random.nextInt(2) == 0;
    double worst = random.nextInt(3) == 0 ? 0 : 0.15;
    Faults faults =
        new Faults(
            random.nextDouble() * worst, random.nextDouble() * worst, random.nextDouble() * worst);
    link = new LossyLink<>(random.nextLong(), faults);
    sender = new SimSender(random.split(), link, mutant, SETTINGS);
    receiver = new SimReceiver(random.split(), link, mutant, SETTINGS);
  }

  void run() {
    sender.withVoids(detours);
    receiver.withFaults(detours);
    for (int i = 0; i < STEPS; i++) {
      fault();
      step();
      check();
    }
    link.faults(Faults.NONE);
    sender.withVoids(false);
    receiver.withFaults(false);
    for (int i = 0; !isDrained(); i++) {
      if (i == STEPS_TO_DRAIN) {
        throw new AssertionError("not drained without faults: " + sender + ", " + receiver);
      }
      step();
      check();
    }
    checkDelivered();
  }

  private void fault() {
    int what = random.nextInt(1000);
    if (what < 10) {
      link.cut();
    } else if (crashes && what < 20) {
      link.cut();
      sender.crash();
    } else if (crashes && what < 30) {
      link.cut();
      receiver.crash();
    } else if (restores && what < 45) {
      lostState(what);
    }
  }

  private void lostState(int what) {
    switch (what) {
      case 30, 31, 32 -> sender.takeBackup();
      case 33, 34, 35 -> receiver.takeBackup();
      case 36, 37, 38 -> {
        link.cut();
        sender.restore(++originEpochs);
        senderLostState = true;
        askAgain();
        keepPromisesOfWhatIsKnown();
      }
      case 39, 40 -> {
        link.cut();
        receiver.restore();
        askAgain();
        keepPromisesOfWhatIsKnown();
      }
      case 41 -> {
        link.cut();
        receiver.reinstall();
        keepPromisesOfWhatIsKnown();
      }
      default -> {}
    }
  }

  /** What neither disk knows any more is lost by the restore, not by the link. */
  private void keepPromisesOfWhatIsKnown() {
    Set<Long> known = sender.unreleased();
    receiver.ledger().forEach(content -> known.add(content.id()));
    receiver.wanted().forEach(content -> known.add(content.id()));
    promised.retainAll(known);
  }

  private void step() {
    if (connected && !link.isJoined()) {
      connected = false;
      sender.disconnect();
    }
    switch (random.nextInt(10)) {
      case 0 -> publish();
      case 1, 2 -> sender.transmit();
      case 3, 4 -> link.receive(Side.ACCEPTOR).ifPresent(receiver::received);
      case 5, 6 -> link.receive(Side.DIALLER).ifPresent(sender::received);
      case 7 -> receiver.commitStep();
      case 8 -> receiver.tellStep();
      default -> background();
    }
    stall();
  }

  private void publish() {
    if (published < 60) {
      promised.add(++published);
      sender.publish(published);
    }
  }

  private void background() {
    sender.diskStep();
    if (random.nextInt(4) > 0) {
      return;
    }
    if (link.isJoined() && receiver.stopped) {
      link.cut();
    } else if (sender.stopped || receiver.stopped) {
      sender.resume();
      receiver.resume();
    } else if (!link.isJoined()) {
      connected = true;
      link.join();
      sender.connect();
      receiver.connect();
    } else {
      askAgain();
    }
  }

  private void askAgain() {
    for (SimContent content : receiver.wanted()) {
      if (!sender.needRewrap(content)) {
        receiver.doesNotWant(content);
      }
    }
  }

  /** What the timer of the real shell does: unanswered for long means a new stream. */
  private void stall() {
    boolean moves = !link.isQuiet() || !receiver.isIdle() || !link.isJoined();
    idle = moves ? 0 : idle + 1;
    if (idle > 60) {
      idle = 0;
      link.cut();
    }
  }

  private boolean isDrained() {
    return published == 60
        && sender.isDrained()
        && receiver.isIdle()
        && receiver.wanted().isEmpty();
  }

  private void check() {
    require(sender.envelopesInFlight() <= SETTINGS.windowEnvelopes(), "too many in flight");
    require(sender.bytesInFlight() < SETTINGS.windowBytes() + LARGEST, "too much in flight");
    require(receiver.pendingEnvelopes() <= SETTINGS.windowEnvelopes(), "too many pending");
    require(receiver.pendingBytes() < 2 * SETTINGS.windowBytes() + LARGEST, "too much pending");
    boolean alarm = sender.stopped || receiver.stopped;
    require(!alarm || senderLostState, "an alarm although the sender never lost state");
    List<SimContent> ledger = receiver.ledger();
    if (ledger.size() != checked) {
      checked = ledger.size();
      checkLast(ledger);
    }
  }

  private void checkLast(List<SimContent> ledger) {
    if (ledger.isEmpty()) {
      return;
    }
    SimContent last = ledger.get(ledger.size() - 1);
    require(ledger.indexOf(last) == ledger.size() - 1, "committed twice: " + last);
    if (!detours && !restores) {
      require(last.id() == ledger.size(), "out of order: " + last);
    }
  }

  private void checkDelivered() {
    Set<Long> missing = new HashSet<>(promised);
    receiver.ledger().forEach(content -> missing.remove(content.id()));
    require(missing.isEmpty(), "acknowledged and lost: " + missing);
    Set<SimContent> distinct = new HashSet<>(receiver.ledger());
    require(distinct.size() == receiver.ledger().size(), "committed twice");
  }

  private static void require(boolean rule, String broken) {
    if (!rule) {
      throw new AssertionError(broken);
    }
  }
}
