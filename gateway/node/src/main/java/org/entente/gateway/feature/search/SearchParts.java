package org.entente.gateway.feature.search;

import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.receive.InboxOpener;

/** What {@link MessageSearch} works with. */
public record SearchParts(
    AgencyName self,
    Ledger ledger,
    InboxOpener opening,
    EvidenceRecords evidence,
    Desks desks,
    LabelCheck check,
    Meters meters) {}
