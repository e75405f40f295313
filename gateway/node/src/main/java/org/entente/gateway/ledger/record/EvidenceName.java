package org.entente.gateway.ledger.record;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.EvidenceMessages;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/**
 * What makes two items of evidence the same statement: message, kind, the agency that states it and
 * the recipient it is about. An agency states most things once; relay kinds may repeat, and so may
 * the answer to a recall, which can be that a hold keeps the message first, and its erasure later,
 * and that a message was passed on, each time as another message.
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

  /** Size of what {@link #use} gives. */
  public static final int USE_BYTES = 8;

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

  /** Whether the messages of a group share the records of such statements. */
  public boolean isShared() {
    return agency.equals(recipient) && EvidenceMessages.mayBeSeveral(kind);
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

  /**
   * Stands for the use that an item states: as which message, to whom and under which consent a
   * message was passed on. A member that states the same use again states nothing new. Zero for
   * items that state no use.
   */
  public static byte[] use(EvidenceItem item) {
    if (item.getKind() != EvidenceKind.EVIDENCE_KIND_PASSED_ON) {
      return new byte[USE_BYTES];
    }
    EvidenceItem.Builder use =
        EvidenceItem.newBuilder()
            .setPassedOnAs(item.getPassedOnAs())
            .addAllPassedOnTo(item.getPassedOnToList());
    if (!isZero(item.getConsentId())) {
      use.setConsentId(item.getConsentId());
    }
    byte[] mark = Arrays.copyOf(Sha256.hash(use.build().toByteArray()), USE_BYTES);
    mark[0] |= 1;
    return mark;
  }

  private static boolean isZero(ByteString id) {
    for (int i = 0; i < id.size(); i++) {
      if (id.byteAt(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether bytes that {@link #use} gave stand for a use. */
  public static boolean isUse(byte[] use) {
    return use[0] != 0;
  }

  /**
   * Stands for all but the message, in few bytes and without a name in them. There are few kinds
   * and members, so a hash without a key would show them.
   */
  public byte[] mark(StoredNames names) {
    return Arrays.copyOf(names.token(kind.name(), agency, recipient), MARK_BYTES);
  }
}
