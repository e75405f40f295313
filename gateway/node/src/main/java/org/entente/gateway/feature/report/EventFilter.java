package org.entente.gateway.feature.report;

import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.NodeName;
import org.jspecify.annotations.Nullable;

/**
 * Which events an export has.
 *
 * @param event what happened; null for anything
 * @param client which caused it; null for any
 * @param officer on whose behalf; empty for any
 */
record EventFilter(@Nullable AuditType event, @Nullable NodeName client, String officer) {
  /** Whether a record is one of them. An erased record is, unless there is a condition. */
  boolean matches(Optional<AuditRecord> record) {
    return (event == null && client == null && officer.isEmpty())
        || record.filter(this::matches).isPresent();
  }

  private boolean matches(AuditRecord record) {
    AuditActor actor = record.actor();
    AuditPerson person = actor.onBehalfOf();
    return (event == null || event == record.type())
        && (client == null || client.equals(actor.client()))
        && (officer.isEmpty() || (person != null && officer.equals(person.officer())));
  }

  /** The conditions for the log, without the officer's name: it would stay there for ten years. */
  String words() {
    return (event == null ? "" : ", only " + event)
        + (client == null ? "" : ", only of client " + client)
        + (officer.isEmpty() ? "" : ", only of one officer");
  }
}
