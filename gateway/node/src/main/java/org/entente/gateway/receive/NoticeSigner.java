package org.entente.gateway.receive;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;

/**
 * Who states what {@link NoticeExchange} sends.
 *
 * @param transit whether this gateway passes on what others say
 * @param ownBundle this agency's key bundle in force, exact bytes
 * @param ownFulfilment what this agency says that it fulfils, exact bytes
 */
public record NoticeSigner(
    FederationName federation,
    AgencyName self,
    NodeName gateway,
    Ed25519SigningKey key,
    BooleanSupplier transit,
    Supplier<byte[]> ownBundle,
    Supplier<byte[]> ownFulfilment) {}
