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
 * @param leaf the leaf as it came first
 * @param messages its messages, of all pages on which it came
 */
record ExportedRecord(ExportedLeaf leaf, List<ExportedMessage> messages) {
  ExportedRecord {
    messages = List.copyOf(messages);
  }

  /** The name of a leaf. */
  private record Place(String log, long index) {}

  /** The leaves in the order in which they came first, each once. */
  static List<ExportedRecord> joined(Collection<ExportedLeaf> leaves) {
    Map<Place, ExportedRecord> all = new LinkedHashMap<>();
    for (ExportedLeaf leaf : leaves) {
      all.merge(
          new Place(leaf.getOrigin(), leaf.getIndex()),
          new ExportedRecord(leaf, leaf.getMessagesList()),
          ExportedRecord::with);
    }
    return List.copyOf(all.values());
  }

  private ExportedRecord with(ExportedRecord later) {
    List<ExportedMessage> more = new ArrayList<>(messages);
    more.addAll(later.messages);
    return new ExportedRecord(leaf, more);
  }

  /**
   * What the leaf says; empty if the gateway shows no record, or none that this release writes in
   * the same bytes.
   */
  Optional<AuditRecord> record() {
    byte[] bytes = leaf.getRecord().toByteArray();
    return (bytes.length == 0 ? Optional.<AuditRecord>empty() : AuditRecordCodec.decode(bytes))
        .filter(read -> Arrays.equals(AuditRecordCodec.encode(read), bytes));
  }

  /** Whether the export gave all messages of the leaf. */
  boolean isWhole() {
    return messages.size() == leaf.getMessageCount();
  }
}
