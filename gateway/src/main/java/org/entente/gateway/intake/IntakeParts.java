package org.entente.gateway.intake;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.audit.AuditPerson;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.ledger.AtRest;
import org.entente.gateway.ledger.EvidenceRecords;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.transmit.Dispatch;
import org.entente.proto.v1.OnBehalfOf;

/**
 * What the intake works with.
 *
 * @param policy the policy in force, asked for each draft
 * @param fingerprint keyed hash of a draft, 32 bytes: what lies on the disk lets nobody guess
 *     drafts
 */
public record IntakeParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    LabelCheck check,
    Supplier<Policy> policy,
    AtRest atRest,
    EvidenceRecords evidence,
    UnaryOperator<byte[]> fingerprint) {

  AuditActor actor(Identified caller, OnBehalfOf person) {
    AuditPerson behalf =
        person.getOfficer().isEmpty()
            ? null
            : new AuditPerson(
                person.getOfficer(),
                person.getUnit(),
                person.getJustification().isEmpty() ? null : person.getJustification());
    return new AuditActor(caller.agency(), caller.name(), behalf);
  }
}
