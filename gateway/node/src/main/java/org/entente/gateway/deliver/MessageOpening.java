package org.entente.gateway.deliver;

import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;

/**
 * Opens received messages for a person. The opening is durable in the audit log before anything is
 * shown, and the origin learns of a first one. Calls block; safe for use by several threads.
 */
public record MessageOpening(
    AgencyName self,
    Ledger ledger,
    MessageVisibility visibility,
    Desks desks,
    LabelCheck check,
    Meters meters) {
  /** A message whole. */
  public Result<OpenResponse> open(NodeName client, MessageId id, OpenRequest request) {
    Optional<Problem> problem = check.decision(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    Result<MessageVisibility.OpenedHit> whole =
        visibility.open(id, desks.sight(client), request.getExercise());
    if (whole instanceof Result.Refused<MessageVisibility.OpenedHit> refused) {
      return new Result.Refused<>(refused.problem());
    }
    MessageVisibility.OpenedHit opened = ((Result.Done<MessageVisibility.OpenedHit>) whole).value();
    AuditActor actor = AuditActor.client(self, client, request.getOnBehalfOf());
    boolean recorded =
        ledger.commit(
            Lane.ROUTINE, tx -> visibility.recordOpening(tx, actor, client, opened.hit()));
    if (!recorded) {
      return MessageVisibility.notFound(id);
    }
    meters.openedByPerson();
    return new Result.Done<>(
        OpenResponse.newBuilder()
            .setMessage(opened.hit().found(ledger.chains()))
            .setBody(opened.body())
            .addAllConsents(GivenConsents.of(opened.body()))
            .build());
  }
}
