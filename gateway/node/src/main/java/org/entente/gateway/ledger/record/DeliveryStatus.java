package org.entente.gateway.ledger.record;

import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.EvidenceKind;

/**
 * The delivery status of a message at one recipient, derived from the evidence. Pure: the same
 * evidence gives the same status, in any order.
 *
 * @param delivered the recipient states that it holds the message
 * @param opened it states that a client retrieved it
 * @param refused it states that it refused it
 * @param leftUnread it states that no client retrieved it during its retention
 * @param erased it answered the message's recall
 * @param withdrawn the origin withdrew it
 * @param overdue the origin states that no client opened it in time
 */
public record DeliveryStatus(
    boolean delivered,
    boolean opened,
    boolean refused,
    boolean leftUnread,
    boolean erased,
    boolean withdrawn,
    boolean overdue) {

  /** A client retrieved it; whatever else is stated, nothing more is expected. */
  public static final DeliveryStatus OPENED =
      new DeliveryStatus(true, true, false, false, false, false, false);

  /** Looks up the statements of an agency about a recipient. */
  public interface EvidenceLookup {
    /** Whether there is such evidence. */
    boolean by(String agency, EvidenceKind kind, String recipient);
  }

  /** The status at one recipient. */
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

  /** Whether nothing more is expected from the recipient. */
  public boolean ended() {
    return opened || refused || leftUnread || erased || withdrawn;
  }

  /** Whether the recipient no longer needs to open it. */
  public boolean seenTo() {
    return opened || erased;
  }

  /** Whether the recipient's gateway is known to have processed it. */
  public boolean answered() {
    return delivered || ended();
  }

  /** Whether the recipient's statements contradict each other. */
  public boolean contradicted() {
    return (refused && (delivered || opened)) || (opened && leftUnread);
  }
}
