package org.entente.gateway.intake;

import java.util.List;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.ledger.table.SubjectTable;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Permit;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.policy.subject.SubjectTerms;

/**
 * About as many bytes as a submission puts in the commit of its round, so that a round fits into a
 * change. What varies with the round counts at its usual share. Pure.
 */
final class WrittenBytes {
  /** What is written of a refused recipient: evidence, and a part of the outcome. */
  private static final long REFUSAL_BYTES = 1_000;

  /** Most bytes of a leaf's detail and envelope, and of the evidence that goes with it. */
  private static final int BESIDE_LEAF = 1_200;

  /** What is written of a recipient: its queues, the outcome, and what is awaited of it. */
  private static final int RECIPIENT_BYTES = 500;

  /** Half of what an envelope needs beside its content; most are shared with other messages. */
  private static final int ENVELOPE_BYTES = 3 << 10;

  /** What is stored of a leaf about two messages beside its texts. */
  private static final int LEAF_BYTES = 500;

  /** Tag and length of a name in a leaf. */
  private static final int NAME_BYTES = 2;

  /** Most bytes of a UTF-16 unit. */
  private static final int UTF_8_BYTES = 3;

  private WrittenBytes() {}

  /** The bytes of what a draft became, for each agreement, with what it passes on. */
  static long of(
      AuditActor actor, List<Permitted> parts, List<Refusal> refusals, OnwardContent passesOn) {
    long bytes = refusals.size() * REFUSAL_BYTES + terms(parts.get(0)) + passesOn.evidenceBytes();
    for (Permitted part : parts) {
      bytes +=
          (long) part.label().getSerializedSize()
              + part.body().size()
              + ENVELOPE_BYTES
              + (long) RECIPIENT_BYTES * part.permits().size()
              + (1L + passesOn.sources().size()) * (leaf(actor, part) + BESIDE_LEAF);
    }
    return bytes;
  }

  /** A leaf about a source and the message. Its texts are counted, as making it costs more. */
  static long leaf(AuditActor actor, Permitted part) {
    long bytes =
        (long) LEAF_BYTES
            + actor.agency().value().length()
            + part.agreement().length()
            + part.policyVersion().length();
    NodeName client = actor.client();
    AuditPerson person = actor.onBehalfOf();
    bytes += client == null ? 0 : client.value().length();
    bytes += person == null ? 0 : (long) UTF_8_BYTES * characters(person);
    for (Permit permit : part.permits()) {
      bytes += NAME_BYTES + permit.recipient().value().length();
    }
    return bytes;
  }

  private static int characters(AuditPerson person) {
    String justification = person.justification();
    return person.officer().length()
        + person.unit().length()
        + (justification == null ? 0 : justification.length());
  }

  private static long terms(Permitted any) {
    int most = Math.min(SubjectTerms.most(any.writtenBody()), EvidenceRecords.MOST_TERMS);
    return (long) SubjectTable.BYTES * most;
  }
}
