package org.entente.gateway.node.assembly;

import java.time.Instant;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.OwnCluster;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.TransferLeadRequest;
import org.entente.proto.v1.TransferLeadResponse;

/**
 * Passes the lead of the cluster to machines that persons name, and records it in the audit log
 * before. Safe for many threads.
 */
final class LeadTransfers implements OwnCluster {
  private final Foundation ground;

  LeadTransfers(Foundation ground) {
    this.ground = ground;
  }

  @Override
  public Result<TransferLeadResponse> transfer(NodeName client, TransferLeadRequest request) {
    Optional<Problem> problem = ground.labelCheck.decision(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return new Result.Refused<>(problem.get());
    }
    OtherMachines machines = ground.around.machines();
    return machines
        .leads(request.getNode())
        .map(
            leads -> {
              if (!leads) {
                record(
                    AuditActor.client(ground.agency(), client, request.getOnBehalfOf()),
                    request.getNode());
                machines.passLeadTo(request.getNode());
              }
              return TransferLeadResponse.newBuilder().setBefore(leads).build();
            });
  }

  private void record(AuditActor actor, String node) {
    ground.ledger.commit(
        Lane.FLASH,
        tx -> {
          tx.audit(
              AuditRecord.of(
                      AuditType.OPERATOR_ACTION,
                      LawCategory.NONE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      actor,
                      AuditSubject.NODE)
                  .saying("passes the lead of the cluster to " + node));
          return node;
        });
  }
}
