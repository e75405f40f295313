package org.entente.gateway.feature.report;

import java.util.List;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.rpc.ClientService;

/** The services that report what became of messages. */
public final class ReportServices {
  private ReportServices() {}

  /** All of them. */
  public static List<ClientService> of(
      MessageTracker tracking,
      AuditLog log,
      LeafOpener opener,
      MessageProver proving,
      AuditExporter exporting) {
    return List.of(
        context -> new EvidenceService(tracking, context),
        context -> new AuditService(log, opener, proving, exporting));
  }
}
