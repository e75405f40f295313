package org.entente.gateway.feature.report;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.entente.gateway.account.Account;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;

/**
 * Exports for clients, through the API and the console: a client has one long search at a time,
 * whichever way it comes.
 */
final class ClientExports implements AuditExports {
  private static final Problem BUSY =
      new Problem(
          Code.OVERLOADED,
          "subject",
          "another export of this client examines as many messages; wait for its end");

  private final AgencyName self;
  private final AuditExporter exporter;
  private final LongSearches searches = new LongSearches();

  ClientExports(AgencyName self, AuditExporter exporter) {
    this.self = self;
    this.exporter = exporter;
  }

  @Override
  public Result<ExportResponse> export(
      Identified client, Account account, BooleanSupplier cancelled, ExportRequest request) {
    Optional<Problem> problem = LabelCheck.reader(request.getOnBehalfOf());
    if (problem.isPresent()) {
      return Result.refused(problem.get());
    }
    AuditActor actor = AuditActor.client(self, client.name(), request.getOnBehalfOf());
    try (LongSearches.LongSearch search = searches.begin(client.name(), account, cancelled)) {
      return exporter.export(actor, request, () -> further(search));
    } catch (SearchEnded e) {
      return Result.refused(BUSY);
    }
  }

  private static void further(LongSearches.LongSearch search) {
    if (!search.further()) {
      throw new SearchEnded();
    }
  }

  /** Ends a search that may not go on. */
  private static final class SearchEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
