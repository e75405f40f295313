package org.entente.gateway.trust;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What an operator must hear about the expiry of the bundle in force: once when it changes, and
 * again every hour for as long as it is bad.
 *
 * <p>Pure but for what it said last. Not safe for use by many threads.
 */
public final class TrustWatch {
  /** Expiry is told of so long before, or a quarter of the bundle's life if that is shorter. */
  static final Duration AHEAD = Duration.ofDays(7);

  private static final Duration AGAIN = Duration.ofHours(1);

  private final Duration grace;
  private ExpiryState last = ExpiryState.CURRENT;
  private Instant said = Instant.MIN;

  /** A watch over bundles that outlive their expiry for so long. */
  public TrustWatch(Duration grace) {
    this.grace = grace;
  }

  /** How near the end is. */
  public enum ExpiryState {
    /** Far. */
    CURRENT,
    /** Near enough to sign the next one. */
    EXPIRES_SOON,
    /** Past: goes on, admits nobody new. */
    GRACE,
    /** Past grace: no peer is accepted. */
    EXPIRED
  }

  /**
   * Something to tell.
   *
   * @param alarm whether somebody must act now
   * @param text what and who
   */
  public record TrustNotice(boolean alarm, String text) {}

  /** What there is to tell now, if anything. */
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

  /** What is to be told of a bundle's end now, said or not; empty while it is far. */
  public Optional<TrustNotice> state(TrustBundle bundle, Instant now) {
    ExpiryState condition = condition(bundle, now);
    return condition == ExpiryState.CURRENT
        ? Optional.empty()
        : Optional.of(word(condition, bundle));
  }

  /** How near the end of a bundle is. */
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
              false, which + " expires at " + expires + "; the roots have to sign the next one");
      case GRACE ->
          new TrustNotice(
              true,
              which
                  + " expired at "
                  + expires
                  + " and goes on until "
                  + expires.plus(grace)
                  + ", admitting nobody new; the roots have to sign the next one now");
      case EXPIRED ->
          new TrustNotice(
              true,
              which
                  + " expired at "
                  + expires
                  + " and its grace is over: no peer is accepted until one that the roots signed"
                  + " is put in its place");
    };
  }
}
