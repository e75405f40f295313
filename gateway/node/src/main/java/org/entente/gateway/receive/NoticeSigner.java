package org.entente.gateway.receive;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.statement.StatementFrame;

/**
 * Identity and keys with which {@link NoticeExchange} makes notices.
 *
 * @param transit whether this gateway passes on notices of others
 * @param ownBundle this agency's key bundle in force, exact bytes
 * @param ownFulfilment this agency's statement of the obligations that it fulfils, exact bytes
 */
public record NoticeSigner(
    FederationName federation,
    AgencyName self,
    NodeName gateway,
    Ed25519SigningKey key,
    BooleanSupplier transit,
    Supplier<byte[]> ownBundle,
    Supplier<byte[]> ownFulfilment) {
  /** The frame of a statement to an agency. */
  StatementFrame frame(AgencyName addressee, long nowMillis) {
    return StatementFrame.to(federation, self, gateway, addressee, nowMillis);
  }
}
