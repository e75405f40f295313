package org.entente.gateway.feature.report;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.rpc.server.LongSearches;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;

/**
 * Exports for clients, through the API and the console: a client has one long search at a time,
 * whichever way it comes.
 */
final class ClientExports implements AuditExports {
  private final AgencyName self;
  private final AuditExporter exporter;
  private final LongSearches searches;

  ClientExports(AgencyName self, AuditExporter exporter, LongSearches searches) {
    this.self = self;
    this.exporter = exporter;
    this.searches = searches;
  }

  @Override
  public Result<ExportResponse> export(
      Identified client, Account account, BooleanSupplier cancelled, ExportRequest request) {
    Optional<Problem> problem = LabelCheck.reader(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    AuditActor actor = AuditActor.client(self, client.name(), request.getOnBehalfOf());
    return searches.run(
        client.name(), account, cancelled, further -> exporter.export(actor, request, further));
  }
}
