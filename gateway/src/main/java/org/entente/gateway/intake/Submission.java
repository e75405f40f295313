package org.entente.gateway.intake;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.entente.gateway.audit.AuditActor;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.Permitted;
import org.entente.proto.v1.Outcome;

/**
 * A draft that policy permits for at least one recipient, on its way into the ledger.
 *
 * @param key under which its outcome is remembered
 * @param actor who published it, for the audit log
 * @param parts the permitted message, once for each agreement it falls under
 * @param outcome what the client is told, but for the position
 * @param done completes when it is durable
 */
record Submission(
    OutcomeKey key,
    AuditActor actor,
    List<Permitted> parts,
    Outcome outcome,
    CompletableFuture<Outcome> done) {

  Lane lane() {
    return parts.get(0).lane();
  }

  /** Bytes of labels and bodies. */
  long size() {
    return parts.stream()
        .mapToLong(p -> (long) p.label().getSerializedSize() + p.body().size())
        .sum();
  }
}
