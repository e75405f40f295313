package org.entente.gateway.retention;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.proto.store.v1.InboxRecord;

/** Audit leaves of decisions about kept messages. */
final class RetentionLeaf {
  private RetentionLeaf() {}

  /** Adds the leaf of a decision about a message that is here. */
  static void record(
      Transaction tx,
      AuditActor actor,
      LawCategory law,
      InboxTable.PlacedRecord placed,
      String what) {
    InboxRecord record = placed.record();
    AuditSubject subject =
        new AuditSubject(
            null,
            List.of(MessageId.of(record.getMessageId().toByteArray())),
            List.of(new AgencyName(record.getOrigin())),
            null);
    record(tx, actor, law, subject, what);
  }

  /** The same about messages that are not. */
  static void record(Transaction tx, AuditActor actor, List<MessageId> messages, String what) {
    record(tx, actor, LawCategory.NONE, new AuditSubject(null, messages, List.of(), null), what);
  }

  private static void record(
      Transaction tx, AuditActor actor, LawCategory law, AuditSubject subject, String what) {
    Instant now = Instant.ofEpochMilli(tx.nowMillis());
    tx.audit(AuditRecord.of(AuditType.OPERATOR_ACTION, law, now, actor, subject).saying(what));
  }
}
