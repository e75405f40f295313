package org.entente.gateway.ledger.record;

import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.EvidenceKind;

/**
 * Where a message stands with one recipient, by the evidence about it. Pure: the same evidence
 * gives the same answer, in whatever order it came.
 *
 * @param delivered the recipient says that it holds it
 * @param opened it says that a client took it
 * @param refused it says that it does not take it
 * @param leftUnread it says that nobody took it as long as it was kept
 * @param erased it answered the message's recall
 * @param withdrawn the origin gave up
 * @param overdue the origin says that nobody opened it in time
 */
public record DeliveryStatus(
    boolean delivered,
    boolean opened,
    boolean refused,
    boolean leftUnread,
    boolean erased,
    boolean withdrawn,
    boolean overdue) {

  /** Whether an agency has stated something about a recipient. */
  public interface EvidenceLookup {
    /** Whether there is such evidence. */
    boolean by(String agency, EvidenceKind kind, String recipient);
  }

  /** Where it stands with one recipient. */
  public static DeliveryStatus with(String recipient, AgencyName origin, EvidenceLookup said) {
    String self = origin.value();
    return new DeliveryStatus(
        said.by(recipient, EvidenceKind.EVIDENCE_KIND_DELIVERY, recipient),
        said.by(recipient, EvidenceKind.EVIDENCE_KIND_RETRIEVAL, recipient),
        said.by(recipient, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, recipient),
        said.by(recipient, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, recipient),
        said.by(recipient, EvidenceKind.EVIDENCE_KIND_ERASURE, recipient),
        said.by(self, EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, recipient),
        said.by(self, EvidenceKind.EVIDENCE_KIND_NON_RETRIEVAL, recipient));
  }

  /** Whether nothing more is to be expected of the recipient. */
  public boolean ended() {
    return opened || refused || leftUnread || erased || withdrawn;
  }

  /** Whether nobody there needs to open it any more. */
  public boolean seenTo() {
    return opened || erased;
  }

  /** Whether the recipient's gateway is known to have dealt with it. */
  public boolean answered() {
    return delivered || ended();
  }

  /** Whether the recipient states things that exclude each other. */
  public boolean contradicted() {
    return (refused && (delivered || opened)) || (opened && leftUnread);
  }
}
