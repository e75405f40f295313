package org.entente.gateway.receive;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.commit.Transaction.Mutation;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.EvidenceTable;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.OpenedLabels;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.proto.store.v1.QuarantineRecord;
import org.entente.proto.store.v1.QuarantineState;
import org.entente.proto.store.v1.QuarantinedEnvelope;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * Quarantined envelopes that were opened but whose content this gateway failed to process. Their
 * origin number is recorded, so that each is settled once: by a successful retry, or by evidence of
 * non-delivery.
 */
final class QuarantinedReceipts implements QuarantineStage {
  private final Ledger ledger;
  private final AgencyName self;
  private final EvidenceRecords evidence;
  private final Custody custody;
  private final EnvelopeUnsealer unsealing;
  private final Reception reception;

  QuarantinedReceipts(
      ReceiveParts parts, Custody custody, EnvelopeUnsealer unsealing, Reception reception) {
    this.ledger = parts.ledger();
    this.self = parts.self();
    this.evidence = parts.evidence();
    this.custody = custody;
    this.unsealing = unsealing;
    this.reception = reception;
  }

  @Override
  public Mutation<DecisionResult> retry(QuarantineRecord record, byte[] content) {
    QuarantinedEnvelope kept = Custody.parse(content);
    Optional<OpenedLabels> opened = custody.open(kept);
    if (opened.isEmpty()) {
      throw new CorruptRecord("QUARANTINE", null);
    }
    long begun = System.nanoTime();
    try (OpenedLabels labels = opened.get()) {
      EnvelopeHeader header = labels.envelope().header();
      Optional<List<InspectionResult.Content>> contents =
          unsealing
              .parse(labels, announced(header.facts().origin()))
              .map(parsed -> released(unsealing.judge(labels, parsed, begun), kept));
      return contents.isEmpty()
          ? tx -> unreadable(tx, record)
          : tx -> ended(reception.keep(tx, header, kept.getSignature(), contents.get()));
    }
  }

  private static List<InspectionResult.Content> released(
      List<InspectionResult.Content> contents, QuarantinedEnvelope kept) {
    return contents.stream().map(content -> Custody.released(content, kept)).toList();
  }

  /** The announced keys, stored with the envelope's session and verified on arrival. */
  private List<SessionTerms.Parties> announced(AgencyName origin) {
    return ledger.evidence().vouchers(origin).stream()
        .filter(EvidenceTable.Voucher::announcement)
        .flatMap(voucher -> SessionAnnouncement.parse(voucher.bytes()).stream())
        .map(announcement -> announcement.terms().parties())
        .toList();
  }

  private DecisionResult unreadable(Transaction tx, QuarantineRecord record) {
    tell(tx, record, Code.CANNOT_OPEN, "a label or body inside cannot be read");
    return new DecisionResult(
        QuarantineState.QUARANTINE_STATE_REFUSED,
        Code.CANNOT_OPEN + ": a label or body inside cannot be read");
  }

  private static DecisionResult ended(Reception.KeepResult kept) {
    StringBuilder text = new StringBuilder(kept.kept().size() + " messages kept for subscribers");
    kept.refused().forEach(r -> text.append(", one refused: ").append(r.code()));
    boolean refused = kept.kept().isEmpty() && !kept.refused().isEmpty();
    return new DecisionResult(
        refused
            ? QuarantineState.QUARANTINE_STATE_REFUSED
            : QuarantineState.QUARANTINE_STATE_RELEASED,
        text.length() > 300 ? text.substring(0, 300) + "…" : text.toString());
  }

  @Override
  public DecisionResult discard(Transaction tx, QuarantineRecord record, boolean expired) {
    tell(
        tx,
        record,
        expired ? Code.EXPIRED : Code.DISCARDED,
        "the recipient's gateway could not process it");
    String told = " (of " + record.getMessageIdsCount() + " messages)";
    return expired
        ? new DecisionResult(
            QuarantineState.QUARANTINE_STATE_EXPIRED, "no decision in time; origin informed" + told)
        : new DecisionResult(
            QuarantineState.QUARANTINE_STATE_DISCARDED, "discarded; origin informed" + told);
  }

  private void tell(Transaction tx, QuarantineRecord record, Code code, String reason) {
    AgencyName origin = new AgencyName(record.getAgency());
    byte[] hash = record.getHeaderHash().toByteArray();
    for (MessageId id : Quarantining.messages(record)) {
      EvidenceItem item =
          evidence.item(
              EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, id, self.value(), hash, tx.nowMillis());
      evidence.owe(tx, ledger.evidence(), origin, evidence.failed(item, code, reason));
    }
  }
}
