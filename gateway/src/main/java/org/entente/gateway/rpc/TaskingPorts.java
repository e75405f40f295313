package org.entente.gateway.rpc;

import org.entente.gateway.intake.Charging;
import org.entente.gateway.ledger.table.ChargeBook;
import org.entente.gateway.ledger.table.ChargeRecords;
import org.entente.gateway.report.ChainShowing;
import org.entente.gateway.report.OwnCharges;

/**
 * What stands behind the Tasking service.
 *
 * @param charging tells originators what was taken in charge here
 * @param records opens what recipients said of this agency's messages
 * @param book where that is kept
 * @param own what this agency said of what it received
 * @param chains which messages change which
 */
public record TaskingPorts(
    Charging charging,
    ChargeRecords records,
    ChargeBook book,
    OwnCharges own,
    ChainShowing chains) {}
