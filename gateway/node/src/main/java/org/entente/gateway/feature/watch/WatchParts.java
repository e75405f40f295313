package org.entente.gateway.feature.watch;

import java.time.InstantSource;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.receive.InboxOpener;

/**
 * What {@link Watches} works with.
 *
 * @param clock the time at which a watch is added
 * @param ending the time by which watches and hits end; it does not follow a clock jump
 */
public record WatchParts(
    AgencyName self,
    Ledger ledger,
    InboxOpener opening,
    Desks desks,
    LabelCheck check,
    InstantSource clock,
    InstantSource ending,
    Meters meters) {}
