package org.entente.gateway.ledger.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * The identity of a statement of evidence: message, kind, the agency that states it and the
 * recipient it is about. An agency makes most statements once. Repeatable are relay kinds, the
 * answer to a recall (first that a hold keeps the message, later its erasure), and each onward
 * transfer.
 *
 * @param id the message
 * @param kind what happened
 * @param agency the agency that states it
 * @param recipient the recipient it is about; empty if there is none
 */
public record EvidenceName(MessageId id, EvidenceKind kind, String agency, String recipient) {
  /** Most copies kept of a repeatable statement. */
  public static final int REPEATS = 8;

  /** Most statements kept of a recipient's onward transfers of a message. */
  public static final int PASSED_ON = 64;

  private static final int MARK_BYTES = 8;

  /**
   * The name of an item.
   *
   * @throws org.entente.gateway.model.InvalidValue if its message id is invalid
   */
  public static EvidenceName of(EvidenceItem item) {
    return new EvidenceName(
        MessageId.of(item.getMessageId().toByteArray()),
        item.getKind(),
        item.getAgency(),
        item.getRecipient());
  }

  /** Most copies kept. */
  public int most() {
    return switch (kind) {
      case EVIDENCE_KIND_RELAY_ACCEPTANCE,
          EVIDENCE_KIND_RELAY_REJECTION,
          EVIDENCE_KIND_RELAY_FAILURE,
          EVIDENCE_KIND_ERASURE ->
          REPEATS;
      case EVIDENCE_KIND_PASSED_ON -> PASSED_ON;
      default -> 1;
    };
  }

  /** A short hash of all parts except the message, which reveals no name. */
  public byte[] mark() {
    byte[] hash =
        Sha256.hash(
            new byte[] {(byte) kind.getNumber(), (byte) agency.length()},
            agency.getBytes(StandardCharsets.UTF_8),
            recipient.getBytes(StandardCharsets.UTF_8));
    return Arrays.copyOf(hash, MARK_BYTES);
  }
}
