package org.entente.gateway.feature.report;

import org.entente.gateway.feature.AuditExports;
import org.entente.gateway.feature.Feature;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.Registry;
import org.entente.gateway.rpc.server.LongSearches;

/** What became of messages: tracking by evidence, the audit log, its exports and proofs. */
public final class ReportFeature implements Feature {
  @Override
  public void wire(Registry registry) {
    GatewayParts gateway = registry.parts();
    GatewayParts.Records records = gateway.records();
    GatewayParts.AuditTrail audit = records.audit();
    MessageProver prover =
        new MessageProver(
            new MessageProver.Parts(
                gateway.self(),
                audit.archive(),
                gateway.ledger(),
                records.evidence(),
                gateway.rules().bundle(),
                gateway.environment().clock()));
    LongSearches searches = new LongSearches();
    AuditExports exports =
        new ClientExports(
            gateway.self(),
            new AuditExporter(
                new AuditExporter.Parts(
                    gateway.self(),
                    audit.archive(),
                    gateway.ledger(),
                    records.evidence(),
                    records.inbox(),
                    records.atRest())),
            searches);
    registry.export(exports);
    registry.offer(
        context -> new AuditService(audit.log(), audit.opener(), prover, exports, searches));
    registry.whenBuilt(
        path -> {
          MessageTracker tracker =
              new MessageTracker(
                  gateway.self(), gateway.ledger(), records.evidence(), path.intake()::held);
          registry.offer(context -> new EvidenceService(tracker, context));
        });
  }
}
