package org.entente.gateway.wire;

import org.entente.gateway.account.ChainShowing;
import org.entente.gateway.account.OwnCharges;
import org.entente.gateway.intake.Charging;
import org.entente.gateway.ledger.ChargeBook;
import org.entente.gateway.ledger.ChargeRecords;

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
