package org.entente.gateway.cli.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;

/**
 * A leaf of an export with all messages that the export gave of it.
 *
 * @param parts the leaf as it came, once or, if it has many messages, several times
 * @param messages its messages, of all parts
 */
record ExportedRecord(List<ExportedLeaf> parts, List<ExportedMessage> messages) {
  ExportedRecord {
    parts = List.copyOf(parts);
    messages = List.copyOf(messages);
  }

  private ExportedRecord(List<ExportedLeaf> parts) {
    this(parts, parts.stream().flatMap(part -> part.getMessagesList().stream()).toList());
  }

  /** The name of a leaf. */
  private record Place(String log, long index) {}

  /** The leaves in the order in which they came first, each once. */
  static List<ExportedRecord> joined(Collection<ExportedLeaf> leaves) {
    Map<Place, List<ExportedLeaf>> all = new LinkedHashMap<>();
    for (ExportedLeaf leaf : leaves) {
      all.computeIfAbsent(new Place(leaf.getOrigin(), leaf.getIndex()), any -> new ArrayList<>())
          .add(leaf);
    }
    return all.values().stream().map(ExportedRecord::new).toList();
  }

  /** The leaf as it came first. */
  ExportedLeaf leaf() {
    return parts.get(0);
  }

  /**
   * Whether the parts are of one leaf, and go on where the one before ends. Each may have a proof
   * of its own: the log may have signed another checkpoint before the next page.
   */
  boolean isCoherent() {
    int before = 0;
    for (ExportedLeaf part : parts) {
      if (part.getFirstMessage() != before || !whole(part).equals(whole(leaf()))) {
        return false;
      }
      before += part.getMessagesCount();
    }
    return true;
  }

  /** What all parts have in common. */
  private static ExportedLeaf whole(ExportedLeaf part) {
    return part.toBuilder().clearMessages().clearFirstMessage().clearProof().build();
  }

  /**
   * What the leaf says; empty if the gateway shows no record, or none that this release writes in
   * the same bytes.
   */
  Optional<AuditRecord> record() {
    byte[] bytes = leaf().getRecord().toByteArray();
    return (bytes.length == 0 ? Optional.<AuditRecord>empty() : AuditRecordCodec.decode(bytes))
        .filter(read -> Arrays.equals(AuditRecordCodec.encode(read), bytes));
  }

  /** Whether the export gave all messages of the leaf. */
  boolean isWhole() {
    return messages.size() == leaf().getMessageCount();
  }
}
