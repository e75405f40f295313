package org.entente.gateway.rpc;

import org.entente.gateway.intake.Assignments;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.ledger.table.AssignmentTable;
import org.entente.gateway.report.ChainView;
import org.entente.gateway.report.OwnAssignments;

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
    Assignments charging,
    AssignmentRecords records,
    AssignmentTable book,
    OwnAssignments own,
    ChainView chains) {}
