package org.entente.gateway.model;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;

/** The messages that an item of evidence is about. */
public final class EvidenceMessages {
  /** Most of one item. */
  public static final int MOST = 64;

  private EvidenceMessages() {}

  /** Whether an item of a kind may be about several: a recipient states it once of each message. */
  public static boolean mayBeSeveral(EvidenceKind kind) {
    return switch (kind) {
      case EVIDENCE_KIND_DELIVERY,
          EVIDENCE_KIND_NON_DELIVERY,
          EVIDENCE_KIND_RETRIEVAL,
          EVIDENCE_KIND_NON_RETRIEVAL ->
          true;
      default -> false;
    };
  }

  /** Whether an item names its messages as it must. */
  public static boolean isValid(EvidenceItem item) {
    int further = item.getFurtherMessageIds().size();
    return item.getMessageId().size() == MessageId.SIZE
        && further % MessageId.SIZE == 0
        && further < MOST * MessageId.SIZE
        && (further == 0 || mayBeSeveral(item.getKind()));
  }

  /** How many there are. */
  public static int count(EvidenceItem item) {
    return 1 + item.getFurtherMessageIds().size() / MessageId.SIZE;
  }

  /** All of them. */
  public static List<MessageId> of(EvidenceItem item) {
    List<MessageId> ids = new ArrayList<>();
    ids.add(MessageId.of(item.getMessageId().toByteArray()));
    ByteString further = item.getFurtherMessageIds();
    for (int at = 0; at < further.size(); at += MessageId.SIZE) {
      ids.add(MessageId.of(further.substring(at, at + MessageId.SIZE).toByteArray()));
    }
    return ids;
  }

  /** An item about some messages, at most {@link #MOST}, of which all else is true. */
  public static EvidenceItem about(List<MessageId> ids, EvidenceItem item) {
    return item.toBuilder()
        .setMessageId(bytes(ids.get(0)))
        .setFurtherMessageIds(
            ByteString.copyFrom(
                ids.subList(1, ids.size()).stream().map(EvidenceMessages::bytes).toList()))
        .build();
  }

  private static ByteString bytes(MessageId id) {
    return ByteString.copyFrom(id.bytes());
  }
}
