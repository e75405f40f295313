package org.entente.gateway.testkit;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.link.AttachmentTransfer;
import org.entente.gateway.link.LaneAlarm;
import org.entente.gateway.link.LinkPorts;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.entente.proto.link.v1.Notice;

/** The link's ports on memory: queues, intakes, and a record of what else was told. Thread-safe. */
public final class MemoryPorts implements LinkPorts {
  private record Key(AgencyName peer, Lane lane) {}

  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final Function<Lane, Executor> disks;
  private final int bodyBytes;
  private final Map<Key, MemoryQueue> queues = new ConcurrentHashMap<>();
  private final Map<Key, MemoryIntake> intakes = new ConcurrentHashMap<>();
  private final Set<AgencyName> refused = ConcurrentHashMap.newKeySet();
  private final List<Notice> notices = new CopyOnWriteArrayList<>();
  private final List<TrustMessage> words = new CopyOnWriteArrayList<>();
  private final List<Code> refusals = new CopyOnWriteArrayList<>();
  private final List<Code> alarms = new CopyOnWriteArrayList<>();
  private final Map<Key, LaneAlarm> kept = new ConcurrentHashMap<>();
  private final Set<AgencyName> pausedHere = ConcurrentHashMap.newKeySet();
  private final Set<AgencyName> up = ConcurrentHashMap.newKeySet();
  private final Object changed = new Object();
  private AttachmentTransfer attachments = AttachmentTransfer.NONE;
  private Accounts accounts = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, System::nanoTime);

  /**
   * @param disks where the commits of a lane run
   * @param bodyBytes size of the body of everything queued
   */
  public MemoryPorts(Function<Lane, Executor> disks, int bodyBytes) {
    this.disks = disks;
    this.bodyBytes = bodyBytes;
  }

  /** Waits until something holds; everything that the link tells wakes it. */
  public void await(String what, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    synchronized (changed) {
      while (!holds.getAsBoolean()) {
        if (System.nanoTime() > end) {
          throw new AssertionError("waited in vain until " + what);
        }
        // Not everything that a test waits for is told here, hence the limit.
        changed.wait(20);
      }
    }
  }

  private void change() {
    synchronized (changed) {
      changed.notifyAll();
    }
  }

  /** Handles frames of attachments like this from now on. */
  public void transfer(AttachmentTransfer by) {
    attachments = by;
  }

  @Override
  public AttachmentTransfer attachments() {
    return attachments;
  }

  /** Refuses an agency's gateways from now on. */
  public void revoke(AgencyName agency) {
    refused.add(agency);
  }

  public List<Notice> notices() {
    return notices;
  }

  public List<Code> alarms() {
    return alarms;
  }

  public boolean isUp(AgencyName peer) {
    return up.contains(peer);
  }

  @Override
  public boolean admits(PeerName peer) {
    return !refused.contains(peer.agency());
  }

  /** Limits what agencies use of the link from now on. */
  public void limit(Accounts limited) {
    accounts = limited;
  }

  @Override
  public Account account(AgencyName peer) {
    return accounts.of(peer.value());
  }

  @Override
  public long bundleVersion() {
    return 7;
  }

  @Override
  public MemoryQueue queue(AgencyName peer, Lane lane) {
    return queues.computeIfAbsent(new Key(peer, lane), key -> new MemoryQueue(bodyBytes));
  }

  @Override
  public MemoryIntake intake(AgencyName peer, Lane lane) {
    return intakes.computeIfAbsent(
        new Key(peer, lane), key -> new MemoryIntake(disks.apply(lane), this::change));
  }

  @Override
  public void onNotice(AgencyName neighbour, Notice notice) {
    notices.add(notice);
    change();
  }

  /** What neighbours said about trust bundles. */
  public List<TrustMessage> words() {
    return words;
  }

  @Override
  public void onTrust(AgencyName neighbour, TrustMessage word) {
    words.add(word);
    change();
  }

  @Override
  public void onUp(PeerName peer, long bundleVersion) {
    up.add(peer.agency());
    change();
  }

  @Override
  public void onDown(AgencyName peer) {
    up.remove(peer);
    change();
  }

  /** Codes with which streams were refused or ended. */
  public List<Code> refusals() {
    return refusals;
  }

  @Override
  public void onRefusal(AgencyName peer, Code code) {
    refusals.add(code);
  }

  @Override
  public void onAlarm(AgencyName peer, Lane lane, LaneAlarm alarm) {
    alarms.add(alarm.code());
    kept.put(new Key(peer, lane), alarm);
    change();
  }

  /** Forgets the alarm of a lane, as a resume does. */
  public void resumed(AgencyName peer, Lane lane) {
    kept.remove(new Key(peer, lane));
  }

  @Override
  public Optional<LaneAlarm> alarm(AgencyName peer, Lane lane) {
    return Optional.ofNullable(kept.get(new Key(peer, lane)));
  }

  /** Says that the link is paused, or not. */
  public void pause(AgencyName peer, boolean paused) {
    if (paused) {
      pausedHere.add(peer);
    } else {
      pausedHere.remove(peer);
    }
  }

  @Override
  public Optional<Instant> paused(AgencyName peer) {
    return pausedHere.contains(peer) ? Optional.of(Instant.EPOCH) : Optional.empty();
  }
}
