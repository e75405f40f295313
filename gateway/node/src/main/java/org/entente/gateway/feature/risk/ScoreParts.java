package org.entente.gateway.feature.risk;

import java.security.SecureRandom;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.receive.InboxOpener;

/** What {@link ScoreDesk} works with. */
record ScoreParts(
    AgencyName self,
    Ledger ledger,
    InboxOpener opening,
    Desks desks,
    SecureRandom random,
    Meters meters) {}
