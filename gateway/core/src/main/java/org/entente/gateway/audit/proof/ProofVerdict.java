package org.entente.gateway.audit.proof;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.EnvelopeHeader;

/** Result of checking a {@link MessageProof}. */
public sealed interface ProofVerdict {

  /**
   * Every part is valid.
   *
   * @param message the message
   * @param header the header of its envelope
   * @param record the log's record of it: accepted or received; without the ids of its messages
   * @param log the log
   * @param index index of the leaf
   * @param signedAt when the log's checkpoint was signed
   * @param witnesses agencies whose witnesses cosigned it
   * @param bundleVersion version of the trust bundle used for the check
   */
  record Holds(
      MessageId message,
      EnvelopeHeader header,
      AuditRecord record,
      LogOrigin log,
      long index,
      Instant signedAt,
      List<AgencyName> witnesses,
      long bundleVersion)
      implements ProofVerdict {}

  /**
   * The proof is invalid.
   *
   * @param part the part that failed
   * @param reason why, for an auditor
   */
  record Fails(Part part, String reason) implements ProofVerdict {}

  /** The parts of a proof, in the order in which they are checked. */
  enum Part {
    /** The file is not a proof in the canonical form. */
    FILE("file"),
    /** The roots did not sign the trust bundle, or it was not in force at the time. */
    TRUST_BUNDLE("trust bundle"),
    /** The checkpoint is not signed by a log of the federation. */
    CHECKPOINT("checkpoint"),
    /** Too few witnesses cosigned the checkpoint. */
    WITNESSES("witnesses"),
    /** The log does not contain the record. */
    LEAF("leaf"),
    /** The record does not concern this message. */
    RECORD("record"),
    /** The header is not the one in the record. */
    HEADER("header"),
    /** No valid statement of the agency names the gateway's key. */
    ORIGIN_KEY("origin's key"),
    /** The origin's gateway did not sign the header. */
    SIGNATURE("signature");

    private final String words;

    Part(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
