package org.entente.gateway.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A two-way link that loses, duplicates and reorders, as its seed decides. A cut drops everything
 * that is under way; nothing comes through until it is joined again. Not thread-safe.
 */
public final class LossyLink<T> {
  /** How often something happens, each from 0 to 1. */
  public record Faults(double loss, double duplication, double reorder) {
    public static final Faults NONE = new Faults(0, 0, 0);
  }

  /** Which side sends or receives. */
  public enum Side {
    DIALLER,
    ACCEPTOR
  }

  private final SplittableRandom random;
  private final List<T> toDialler = new ArrayList<>();
  private final List<T> toAcceptor = new ArrayList<>();
  private Faults faults;
  private boolean joined;

  public LossyLink(long seed, Faults faults) {
    this.random = new SplittableRandom(seed);
    this.faults = faults;
  }

  /** From now on the link behaves so. */
  public void faults(Faults changed) {
    faults = changed;
  }

  public void join() {
    joined = true;
  }

  public void cut() {
    joined = false;
    toDialler.clear();
    toAcceptor.clear();
  }

  public boolean isJoined() {
    return joined;
  }

  /** Whether nothing is under way. */
  public boolean isQuiet() {
    return toDialler.isEmpty() && toAcceptor.isEmpty();
  }

  /** How much is under way to a side. */
  public int underWay(Side to) {
    return queue(to).size();
  }

  /** Sends to the other side; dropped silently while the link is cut. */
  public void send(Side to, T item) {
    if (!joined || random.nextDouble() < faults.loss()) {
      return;
    }
    queue(to).add(item);
    if (random.nextDouble() < faults.duplication()) {
      queue(to).add(item);
    }
  }

  /** What arrives next at a side, out of order now and then. */
  public Optional<T> receive(Side at) {
    List<T> queue = queue(at);
    if (queue.isEmpty()) {
      return Optional.empty();
    }
    boolean outOfOrder = random.nextDouble() < faults.reorder();
    return Optional.of(queue.remove(outOfOrder ? random.nextInt(queue.size()) : 0));
  }

  private List<T> queue(Side to) {
    return to == Side.DIALLER ? toDialler : toAcceptor;
  }
}
