package org.entente.gateway.trust.gossip;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustWatch.TrustNotice;
import org.entente.gateway.trust.gossip.FreshnessBoard.State;
import org.jspecify.annotations.Nullable;

/**
 * Notices for the operator about witnesses' statements on the bundle in force: one when a problem
 * has lasted a while, one every hour while it lasts, and one when it ends.
 *
 * <p>A problem must last, since a node that has just started, or whose witness has just accepted
 * the next bundle, catches up within moments. Each kind of problem causes one alarm an hour, since
 * a witness that states this and that can make it begin again at any time. Stateful, no I/O. Not
 * safe for use by many threads.
 */
public final class FreshnessWatch {
  /** How long a problem must last before the first notice. */
  static final Duration LASTING = Duration.ofMinutes(2);

  private static final Duration AGAIN = Duration.ofHours(1);

  /** Since when each kind was seen while there was always some problem. */
  private final Map<State, Instant> since = new EnumMap<>(State.class);

  /** The last alarm about each kind. */
  private final Map<State, Instant> said = new EnumMap<>(State.class);

  /** Whether there was an alarm about the present problem. */
  private boolean told;

  private @Nullable TrustNotice bad;

  /** The notice that is due now, if any. */
  public Optional<TrustNotice> look(
      FreshnessBoard board, TrustBundle bundle, AgencyName self, Instant now) {
    State state = board.state(bundle, self, now);
    if (state == State.FRESH || state == State.UNWITNESSED) {
      return over();
    }
    since.putIfAbsent(state, now);
    if (now.isBefore(since.getOrDefault(state, now).plus(LASTING))) {
      return Optional.empty();
    }
    TrustNotice word = word(state, board, bundle, self);
    bad = word;
    // Not by its words, which a witness can change with each statement.
    Instant before = said.get(state);
    if (before != null && now.isBefore(before.plus(AGAIN))) {
      return Optional.empty();
    }
    said.put(state, now);
    told = true;
    return Optional.of(word);
  }

  private Optional<TrustNotice> over() {
    boolean wasTold = told;
    told = false;
    since.clear();
    bad = null;
    return wasTold
        ? Optional.of(new TrustNotice(false, "witnesses no longer doubt the trust bundle in force"))
        : Optional.empty();
  }

  /** The current problem, if it has lasted. */
  public Optional<TrustNotice> state() {
    return Optional.ofNullable(bad);
  }

  private static TrustNotice word(
      State state, FreshnessBoard board, TrustBundle bundle, AgencyName self) {
    String here = "trust bundle version " + bundle.version();
    Optional<Freshness> ahead = board.ahead(bundle, self);
    String witness = ahead.map(f -> f.agency().value()).orElse("a witness");
    return switch (state) {
      case FRESH, UNWITNESSED -> throw new IllegalArgumentException("no problem");
      case STALE ->
          new TrustNotice(
              true,
              "fewer than "
                  + board.required(bundle, self)
                  + " witnesses have stated in the last "
                  + FreshnessBoard.STALE.toHours()
                  + " hours that "
                  + here
                  + " is the newest: links are down, or newer bundles do not reach this node");
      case BEHIND ->
          new TrustNotice(
              true,
              here
                  + " is not the newest: "
                  + witness
                  + " states version "
                  + ahead.map(Freshness::version).orElse(0L)
                  + "; get that bundle from it, and find out why it does not arrive over the"
                  + " links");
      case CONTRADICTED ->
          new TrustNotice(
              true,
              witness
                  + " states another bundle of version "
                  + bundle.version()
                  + ", with the hash "
                  + ahead.map(Freshness::hash).orElse("")
                  + "; tell the root holders");
    };
  }
}
