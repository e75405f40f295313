package org.entente.gateway.trust.gossip;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustBundle;

/**
 * The latest {@link Freshness} of each witness, and the resulting state: whether newer bundles fail
 * to reach this node.
 *
 * <p>A quorum of the other witnesses must confirm the bundle in force, so that one witness that is
 * frozen or hostile hides nothing. A single witness is enough to raise an alarm.
 *
 * <p>Holds two statements a witness, so it is bounded by the bundle: one counts, and the newest of
 * those that came too often waits. Safe for use by many threads.
 */
public final class FreshnessBoard {
  /** Interval between statements of a witness; a new bundle in force causes one earlier. */
  public static final Duration EVERY = Duration.ofHours(12);

  /** Time without a statement after which a node assumes that newer bundles fail to reach it. */
  public static final Duration STALE = Duration.ofHours(36);

  /**
   * Least interval between a witness's statements, by their own times, so that a flood of
   * statements cannot burden the federation.
   */
  static final Duration APART = Duration.ofMinutes(1);

  /**
   * Statements of a witness taken within as many times {@link #APART}, by this node's clock: a
   * witness chooses the times in its statements. More than one, as links keep some up.
   */
  static final int BURST = 4;

  private final Map<AgencyName, KeptStatement> latest = new TreeMap<>();

  /**
   * Newer ones that came too often: a neighbour may repeat old statements after a restart, before
   * the newest one comes.
   */
  private final Map<AgencyName, WaitingStatement> waiting = new TreeMap<>();

  private final int quorum;

  /**
   * A board without statements.
   *
   * @param quorum how many other witnesses must confirm the bundle in force, at most all of them;
   *     0: their majority
   */
  public FreshnessBoard(int quorum) {
    this.quorum = quorum;
  }

  private record KeptStatement(Freshness freshness, ByteBuffer note, RateLimit taken) {}

  private record WaitingStatement(Instant stated, ByteBuffer note) {}

  /** State of the bundle in force according to the statements of others. */
  public enum State {
    /** The bundle names no other witness, so its state is unknown. */
    UNWITNESSED,
    /** As many witnesses as must stated lately that the bundle in force is the newest. */
    FRESH,
    /** Fewer stated it lately: links are down, or statements are kept from this node. */
    STALE,
    /** A witness has a newer bundle than this node. */
    BEHIND,
    /** A witness has another bundle of the version in force: the roots signed two. */
    CONTRADICTED
  }

  /**
   * Verifies a received statement and keeps it if it is newer.
   *
   * @return the statement, to be forwarded; empty if it is not newer than the witness's last known
   *     one, if it is older than {@link #STALE}, or if the witness states too often: then the
   *     newest waits until it is {@link #due}
   */
  public synchronized Result<Optional<Freshness>> offer(
      byte[] note, TrustBundle bundle, Instant now) {
    // Every neighbour forwards it; verify only the first copy.
    ByteBuffer copy = ByteBuffer.wrap(note);
    if (latest.values().stream().anyMatch(kept -> kept.note.equals(copy))
        || waiting.values().stream().anyMatch(later -> later.note.equals(copy))) {
      return Result.done(Optional.empty());
    }
    return Freshness.verify(note, bundle, now)
        .map(stated -> isNewer(stated, now) ? takenInTime(stated, note, now) : Optional.empty());
  }

  /** Statements that waited and may be offered again now; each is returned once. */
  public synchronized List<byte[]> due(Instant now) {
    List<AgencyName> due =
        waiting.keySet().stream().filter(witness -> isLeft(witness, now)).toList();
    return due.stream().map(waiting::remove).map(later -> bytes(later.note)).toList();
  }

  private boolean isLeft(AgencyName witness, Instant now) {
    KeptStatement before = latest.get(witness);
    return before == null || before.taken.isLeft(now);
  }

  private Optional<Freshness> takenInTime(Freshness stated, byte[] note, Instant now) {
    WaitingStatement later = waiting.get(stated.agency());
    if (later != null && later.stated.isAfter(stated.stated())) {
      return Optional.empty();
    }
    if (!isLeft(stated.agency(), now)) {
      waiting.put(stated.agency(), new WaitingStatement(stated.stated(), copy(note)));
      return Optional.empty();
    }
    waiting.remove(stated.agency());
    return Optional.of(kept(stated, note, now));
  }

  private static ByteBuffer copy(byte[] note) {
    return ByteBuffer.wrap(note.clone()).asReadOnlyBuffer();
  }

  private static byte[] bytes(ByteBuffer note) {
    byte[] bytes = new byte[note.remaining()];
    note.duplicate().get(bytes);
    return bytes;
  }

  private boolean isNewer(Freshness stated, Instant now) {
    if (stated.stated().isBefore(now.minus(STALE))) {
      return false;
    }
    KeptStatement before = latest.get(stated.agency());
    return before == null
        || isAhead(before, now)
        || !stated.stated().isBefore(before.freshness.stated().plus(APART));
  }

  /**
   * Whether a statement was made or taken under a wrong clock: it yields to any other, as all
   * others refuse it until then.
   */
  private static boolean isAhead(KeptStatement kept, Instant now) {
    return kept.freshness.stated().isAfter(now.plus(BundleVerifier.SKEW));
  }

  private Freshness kept(Freshness stated, byte[] note, Instant now) {
    KeptStatement before = latest.get(stated.agency());
    RateLimit taken =
        before == null ? new RateLimit(BURST, APART.multipliedBy(BURST)) : before.taken;
    if (taken.isLeft(now)) {
      taken.spend();
    }
    latest.put(stated.agency(), new KeptStatement(stated, copy(note), taken));
    return stated;
  }

  /** Whether a witness's next statement is due. */
  public synchronized boolean isDue(AgencyName witness, TrustBundle bundle, Instant now) {
    KeptStatement own = latest.get(witness);
    if (own == null || isAhead(own, now)) {
      return true;
    }
    Duration pause = own.freshness.hash().equals(bundle.hash()) ? EVERY : APART;
    return !now.isBefore(own.freshness.stated().plus(pause));
  }

  /** The latest statements of the current witnesses, exact bytes. */
  public synchronized List<byte[]> notes(TrustBundle bundle) {
    return witnessed(bundle).stream().map(kept -> bytes(kept.note)).toList();
  }

  /**
   * Since when as many witnesses other than this agency as must have named the bundle in force or a
   * newer one; empty if fewer have.
   */
  public synchronized Optional<Instant> confirmed(TrustBundle bundle, AgencyName self) {
    return others(bundle, self).stream()
        .filter(freshness -> freshness.version() >= bundle.version())
        .map(Freshness::stated)
        .sorted(Comparator.reverseOrder())
        .skip(Math.max(1, required(bundle, self)) - 1L)
        .findFirst();
  }

  /** How many other witnesses must confirm a bundle; 0 where it names none. */
  public int required(TrustBundle bundle, AgencyName self) {
    int others =
        (int)
            bundle.having(AgencyRole.WITNESS).stream()
                .filter(witness -> !witness.equals(self))
                .count();
    return Math.min(others, quorum > 0 ? quorum : others / 2 + 1);
  }

  /** The state according to the other witnesses' statements. */
  public synchronized State state(TrustBundle bundle, AgencyName self, Instant now) {
    if (required(bundle, self) == 0) {
      return State.UNWITNESSED;
    }
    List<Freshness> others = others(bundle, self);
    if (others.stream().anyMatch(f -> contradicts(f, bundle))) {
      return State.CONTRADICTED;
    }
    if (others.stream().anyMatch(f -> f.version() > bundle.version())) {
      return State.BEHIND;
    }
    boolean recent =
        confirmed(bundle, self).filter(last -> now.isBefore(last.plus(STALE))).isPresent();
    return recent ? State.FRESH : State.STALE;
  }

  /**
   * The statement of another witness that makes the state {@link State#BEHIND} or {@link
   * State#CONTRADICTED}: the one with the highest version; empty in any other state.
   */
  public synchronized Optional<Freshness> ahead(TrustBundle bundle, AgencyName self) {
    return others(bundle, self).stream()
        .filter(f -> f.version() > bundle.version() || contradicts(f, bundle))
        .max(Comparator.comparingLong(Freshness::version));
  }

  private static boolean contradicts(Freshness freshness, TrustBundle bundle) {
    return freshness.version() == bundle.version() && !freshness.hash().equals(bundle.hash());
  }

  private List<Freshness> others(TrustBundle bundle, AgencyName self) {
    return witnessed(bundle).stream()
        .map(KeptStatement::freshness)
        .filter(freshness -> !freshness.agency().equals(self))
        .toList();
  }

  private Collection<KeptStatement> witnessed(TrustBundle bundle) {
    return latest.values().stream()
        .filter(kept -> bundle.has(kept.freshness.agency(), AgencyRole.WITNESS))
        .toList();
  }
}
