package org.entente.gateway.receive;

import java.time.InstantSource;
import java.util.function.Predicate;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.retain.Recalls;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.Routes;

/**
 * What receiving works with.
 *
 * @param member whether an agency is a member now
 * @param recalls what is refused or taken back because its origin says so
 */
public record ReceiveParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    Routes routes,
    EvidenceRecords evidence,
    Predicate<AgencyName> member,
    TransitCheck transit,
    Opener opener,
    RecipientSessions sessions,
    Recalls recalls,
    InstantSource clock,
    Meters meters) {}
