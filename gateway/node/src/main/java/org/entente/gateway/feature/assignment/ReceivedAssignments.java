package org.entente.gateway.feature.assignment;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.ReceptionHook;
import org.entente.proto.v1.Charge;
import org.entente.proto.v1.ChargeStep;
import org.entente.proto.v1.Kind;

/**
 * Keeps what recipients state about who acts on this agency's messages. Only a recipient of a
 * message may state it, and about training only as training.
 */
public final class ReceivedAssignments implements ReceptionHook {
  private final Ledger ledger;
  private final EvidenceRecords evidence;
  private final AssignmentRecords records;

  /** Keeps statements in a ledger. */
  public ReceivedAssignments(Ledger ledger, EvidenceRecords evidence, AssignmentRecords records) {
    this.ledger = ledger;
    this.evidence = evidence;
    this.records = records;
  }

  @Override
  public Result<Step> inspect(Incoming message) {
    if (message.label().getKind() != Kind.KIND_CHARGE) {
      return Step.NONE;
    }
    Charge charge = message.body().getCharge();
    return isOfARecipient(message, charge)
        ? Step.onKeep(tx -> keep(tx, message.origin(), charge))
        : Result.refused(
            Code.NOT_FOUND,
            "",
            "this agency sent no message of this id to the sender of the charge");
  }

  private boolean isOfARecipient(Incoming message, Charge charge) {
    return evidence
        .sent(ledger.evidence(), MessageId.of(charge.getMessageId().toByteArray()))
        .filter(sent -> sent.getRecipientsList().contains(message.origin().value()))
        .filter(sent -> sent.getExercise() == message.exercise())
        .isPresent();
  }

  private void keep(Transaction tx, AgencyName by, Charge charge) {
    records.keep(tx, AssignmentTable.of(ledger), by, charge);
    tx.audit(
        AuditRecord.of(
                AuditType.CHARGED,
                LawCategory.NONE,
                Instant.ofEpochMilli(tx.nowMillis()),
                AuditActor.gateway(by),
                new AuditSubject(
                    null,
                    List.of(MessageId.of(charge.getMessageId().toByteArray())),
                    List.of(by),
                    null))
            .saying(charge.getStep() == ChargeStep.CHARGE_STEP_TAKEN ? "taken" : "given back"));
  }
}
