package org.entente.gateway.receive;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.SignedStatement;
import org.entente.gateway.seal.statement.StatementFrame;

/**
 * Checks a statement: a gateway of the agency that it names as its source must have signed it, for
 * this agency in this federation.
 *
 * <p>An agency replaces its key bundle every day. A neighbour that withholds newer bundles could
 * make this gateway trust a key that the agency has replaced. So a statement under a bundle older
 * than {@link #MOST_AGE} waits: the gateway requests a newer bundle, and the sender repeats the
 * statement. Safe for many threads.
 */
final class NoticeSignatureCheck {
  /** Two days: the validity and the overlap of a recipient key. */
  static final Duration MOST_AGE = Duration.ofDays(2);

  private final FederationName federation;
  private final AgencyName self;
  private final PeerKeys peerKeys;
  private final Consumer<AgencyName> askKeys;
  private final Reporter reporter;
  private final InstantSource clock;

  /**
   * Checks with the known keys.
   *
   * @param askKeys asks for the keys of an agency whose gateway signs with an unknown one, as after
   *     a restart whose announcement got lost; the statement will be repeated
   */
  NoticeSignatureCheck(
      FederationName federation,
      AgencyName self,
      PeerKeys peerKeys,
      Consumer<AgencyName> askKeys,
      Reporter reporter,
      InstantSource clock) {
    this.clock = clock;
    this.federation = federation;
    this.self = self;
    this.peerKeys = peerKeys;
    this.askKeys = askKeys;
    this.reporter = reporter;
  }

  /** Whether a key bundle is so old that a newer one must have been issued. */
  static boolean isOld(KeyBundle bundle, long nowMillis) {
    return bundle.content().issuedAtMs() < nowMillis - MOST_AGE.toMillis();
  }

  /** The statement if it may be taken; otherwise its refusal was reported. */
  <S extends SignedStatement.ByGateway<?>> Optional<S> taken(AgencyName from, Optional<S> parsed) {
    if (parsed.isEmpty()) {
      reporter.refused(from, Code.BAD_SIGNATURE);
      return parsed;
    }
    StatementFrame frame = parsed.get().frame();
    Optional<KeyBundle> keys = peerKeys.bundleOf(from);
    if (keys.isPresent() && isOld(keys.get(), clock.millis())) {
      askKeys.accept(from);
      reporter.refused(from, Code.KEYS_OUTDATED);
      return Optional.empty();
    }
    Optional<GatewayKey> key = keys.flatMap(bundle -> bundle.gateway(frame.gateway()));
    if (key.isEmpty() || !parsed.get().isSignedBy(key.get().key())) {
      askKeys.accept(from);
      reporter.refused(from, Code.BAD_SIGNATURE);
      return Optional.empty();
    }
    if (!frame.isBetween(federation, from, self)) {
      reporter.refused(from, Code.HEADER_MISMATCH);
      return Optional.empty();
    }
    return parsed;
  }
}
