package org.entente.gateway.intake;

import java.util.function.Supplier;
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
 */
public record IntakeParts(
    AgencyName self,
    Ledger ledger,
    Dispatch dispatch,
    LabelCheck check,
    Supplier<Policy> policy,
    AtRest atRest,
    EvidenceRecords evidence) {

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
