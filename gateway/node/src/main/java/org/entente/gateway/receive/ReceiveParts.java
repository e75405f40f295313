package org.entente.gateway.receive;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.entente.gateway.consent.IncomingConsents;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.operation.RosterRecords;
import org.entente.gateway.request.AdvertisedResponders;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.RoutingTable;

/**
 * What receiving works with.
 *
 * @param member whether an agency is a member now
 * @param recalls what is refused or taken back because its origin says so
 * @param advertised what others say that they may be asked
 * @param rosters of joint operations
 * @param consents what notices of consent do here
 * @param charges keeps what recipients take in charge
 * @param setting sets aside what is failed on
 * @param desks to which desks of this agency messages are directed
 * @param clock the time that statements bear, by which those of others are judged, and from which
 *     messages are kept
 * @param ending the time by which what arrives is too late: what is refused by it is lost
 * @param workers for what may wait for the disk
 */
public record ReceiveParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    RoutingTable routes,
    EvidenceRecords evidence,
    Predicate<AgencyName> member,
    TransitCheck transit,
    Opener opener,
    RecipientSessions sessions,
    RecallReception recalls,
    AdvertisedResponders advertised,
    RosterRecords rosters,
    IncomingConsents consents,
    AssignmentRecords charges,
    Quarantining setting,
    Desks desks,
    InstantSource clock,
    InstantSource ending,
    Executor workers,
    Meters meters) {}
