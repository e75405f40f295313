package org.entente.gateway.audit.proof;

import java.time.Instant;
import java.util.List;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.EnvelopeHeader;

/** What came of checking a {@link MessageProof}. */
public sealed interface ProofVerdict {

  /**
   * All of it holds.
   *
   * @param message the message
   * @param header the envelope in which it travelled
   * @param record what the log says of it: accepted, or received
   * @param log the log
   * @param index place of the leaf
   * @param signedAt when the log's checkpoint was signed
   * @param witnesses who cosigned it
   * @param bundleVersion version of the trust bundle by which all this was judged
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
   * It must not be believed.
   *
   * @param part which part failed
   * @param reason why, for an auditor
   */
  record Fails(Part part, String reason) implements ProofVerdict {}

  /** The parts of a proof, in the order in which they are checked. */
  enum Part {
    /** The file is not a proof in its one form. */
    FILE("file"),
    /** The trust bundle is not signed by the roots, or did not hold then. */
    TRUST_BUNDLE("trust bundle"),
    /** The checkpoint is not of a log of the federation, or not signed by it. */
    CHECKPOINT("checkpoint"),
    /** Too few witnesses cosigned the checkpoint. */
    WITNESSES("witnesses"),
    /** The record does not stand in the log. */
    LEAF("leaf"),
    /** The record says nothing about this message. */
    RECORD("record"),
    /** The header is not the one of which the record speaks. */
    HEADER("header"),
    /** Nobody vouches for the gateway's key. */
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
