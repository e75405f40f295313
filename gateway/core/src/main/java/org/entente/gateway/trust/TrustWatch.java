package org.entente.gateway.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Notices for the operator about the expiry of the bundle in force: one on each change, and one
 * every hour while it is bad.
 *
 * <p>Remembers only the last notice; no I/O. Not safe for use by many threads.
 */
public final class TrustWatch {
  /** Time of the first notice before expiry; a quarter of the bundle's life if that is shorter. */
  static final Duration AHEAD = Duration.ofDays(7);

  private static final Duration AGAIN = Duration.ofHours(1);

  private final Duration grace;
  private ExpiryState last = ExpiryState.CURRENT;
  private Instant said = Instant.MIN;

  /** A watch for bundles with this grace period. */
  public TrustWatch(Duration grace) {
    this.grace = grace;
  }

  /** How close a bundle is to its end. */
  public enum ExpiryState {
    /** Not close. */
    CURRENT,
    /** Close enough that the roots should sign the next one. */
    EXPIRES_SOON,
    /** Expired, within grace: admits nothing new. */
    GRACE,
    /** Expired beyond grace: no peer is accepted. */
    EXPIRED
  }

  /**
   * A notice for the operator.
   *
   * @param alarm whether action is needed now
   * @param text what happened and what to do
   */
  public record TrustNotice(boolean alarm, String text) {}

  /** The notice that is due now, if any. */
  public Optional<TrustNotice> look(TrustBundle bundle, Instant now) {
    ExpiryState condition = condition(bundle, now);
    boolean repeat = condition != ExpiryState.CURRENT && !now.isBefore(said.plus(AGAIN));
    if (condition == last && !repeat) {
      return Optional.empty();
    }
    last = condition;
    said = now;
    return Optional.of(word(condition, bundle));
  }

  /**
   * The current notice about a bundle's end, already given or not; empty while the end is not
   * close.
   */
  public Optional<TrustNotice> state(TrustBundle bundle, Instant now) {
    ExpiryState condition = condition(bundle, now);
    return condition == ExpiryState.CURRENT
        ? Optional.empty()
        : Optional.of(word(condition, bundle));
  }

  /** How close a bundle is to its end. */
  ExpiryState condition(TrustBundle bundle, Instant now) {
    BundleContent content = bundle.content();
    return switch (bundle.stateAt(now, grace)) {
      case GRACE -> ExpiryState.GRACE;
      case EXPIRED -> ExpiryState.EXPIRED;
      case CURRENT -> {
        Duration quarter = Duration.between(content.issued(), content.expires()).dividedBy(4);
        Duration ahead = quarter.compareTo(AHEAD) < 0 ? quarter : AHEAD;
        yield now.isBefore(content.expires().minus(ahead))
            ? ExpiryState.CURRENT
            : ExpiryState.EXPIRES_SOON;
      }
    };
  }

  private TrustNotice word(ExpiryState condition, TrustBundle bundle) {
    String which = "trust bundle version " + bundle.version();
    Instant expires = bundle.content().expires();
    return switch (condition) {
      case CURRENT -> new TrustNotice(false, which + " is valid until " + expires);
      case EXPIRES_SOON ->
          new TrustNotice(
              false, which + " expires at " + expires + "; the roots must sign the next one");
      case GRACE ->
          new TrustNotice(
              true,
              which
                  + " expired at "
                  + expires
                  + " and remains usable until "
                  + expires.plus(grace)
                  + " without new admissions; the roots must sign the next one now");
      case EXPIRED ->
          new TrustNotice(
              true,
              which
                  + " expired at "
                  + expires
                  + " and its grace is over: no peer is accepted; install the next bundle, signed"
                  + " by the roots");
    };
  }
}
