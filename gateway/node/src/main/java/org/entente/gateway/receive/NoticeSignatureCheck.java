package org.entente.gateway.receive;

import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.format.GatewayStatement;
import org.entente.gateway.seal.format.GatewayStatement.Frame;

/**
 * Checks a statement: it must be signed by a gateway of the agency that it names as its source, and
 * be made for this agency in this federation. Safe for many threads.
 */
final class NoticeSignatureCheck {
  private final FederationName federation;
  private final AgencyName self;
  private final PeerKeys peerKeys;
  private final Consumer<AgencyName> askKeys;
  private final Reporter reporter;

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
      Reporter reporter) {
    this.federation = federation;
    this.self = self;
    this.peerKeys = peerKeys;
    this.askKeys = askKeys;
    this.reporter = reporter;
  }

  /** The statement if it is valid; otherwise empty, after reporting the refusal. */
  <S extends GatewayStatement> Optional<S> taken(AgencyName from, Optional<S> parsed) {
    if (parsed.isEmpty()) {
      reporter.refused(from, Code.BAD_SIGNATURE);
      return parsed;
    }
    Frame frame = parsed.get().frame();
    Optional<GatewayKey> key =
        peerKeys.bundleOf(from).flatMap(bundle -> bundle.gateway(frame.gateway()));
    if (key.isEmpty() || !parsed.get().isSignedBy(key.get().key())) {
      askKeys.accept(from);
      reporter.refused(from, Code.BAD_SIGNATURE);
      return Optional.empty();
    }
    if (!frame.federation().equals(federation)
        || !frame.speaker().equals(from)
        || !frame.hearer().equals(self)) {
      reporter.refused(from, Code.HEADER_MISMATCH);
      return Optional.empty();
    }
    return parsed;
  }
}
