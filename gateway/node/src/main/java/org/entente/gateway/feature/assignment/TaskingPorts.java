package org.entente.gateway.feature.assignment;

import org.entente.gateway.deliver.ChainView;
import org.entente.gateway.ledger.table.AssignmentRecords;
import org.entente.gateway.ledger.table.AssignmentTable;

/**
 * The implementations behind the Tasking service.
 *
 * @param charging tells originators which messages were taken in charge here
 * @param records opens recipients' statements about this agency's messages
 * @param book the table of these statements
 * @param own this agency's statements about received messages
 * @param chains chains of messages that change each other
 */
public record TaskingPorts(
    Assignments charging,
    AssignmentRecords records,
    AssignmentTable book,
    OwnAssignments own,
    ChainView chains) {}
