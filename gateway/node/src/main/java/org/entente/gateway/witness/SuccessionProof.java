package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.ShownLeaf;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.TreeHash;
import org.entente.proto.link.v1.LeafOpening;
import org.jspecify.annotations.Nullable;

/**
 * What a log proves of the earlier logs of its gateway: records of its leaves, opened and held
 * against its signed root. A member that begins another log must say in it which one ended, and
 * admit as many leaves of that as the witness holds, so that it sheds no history unseen. Immutable.
 */
final class SuccessionProof {
  static final int MAX_OPENINGS = 6;
  static final int MAX_OPENED_BYTES = 16 << 10;
  private static final int MAX_PATH = 63;

  private final Map<Long, AuditRecord> records;

  private SuccessionProof(Map<Long, AuditRecord> records) {
    this.records = records;
  }

  /** Takes the openings that verify under a checkpoint, and none of a list that is too long. */
  static SuccessionProof verify(List<LeafOpening> openings, Checkpoint under) {
    Map<Long, AuditRecord> records = new HashMap<>();
    if (openings.size() <= MAX_OPENINGS) {
      for (LeafOpening opening : openings) {
        record(opening, under).ifPresent(record -> records.put(opening.getIndex(), record));
      }
    }
    return new SuccessionProof(records);
  }

  private static Optional<AuditRecord> record(LeafOpening opening, Checkpoint under) {
    byte[] opened = opening.getOpened().toByteArray();
    if (opened.length > MAX_OPENED_BYTES
        || opening.getPathCount() > MAX_PATH
        || opening.getPathList().stream().anyMatch(hash -> hash.size() != TreeHash.BYTES)) {
      return Optional.empty();
    }
    List<TreeHash> path = new ArrayList<>();
    for (ByteString hash : opening.getPathList()) {
      path.add(TreeHash.of(hash.toByteArray()));
    }
    TreeHash leaf = MerkleTree.leafHash(ShownLeaf.commitment(opened));
    return MerkleTree.verifyInclusion(opening.getIndex(), under.size(), leaf, path, under.root())
        ? ShownLeaf.parse(opened).flatMap(ShownLeaf::record)
        : Optional.empty();
  }

  /**
   * What is wrong with a log whose number is above 1; empty when it may be cosigned.
   *
   * @param held the latest checkpoint of an earlier log of the gateway; null if there is none
   */
  Optional<String> fault(LogOrigin log, @Nullable HeldCheckpoint held) {
    AuditRecord first = records.get(0L);
    FormerLog named =
        first == null || first.type() != AuditType.LOG_OPENED ? null : first.subject().formerLog();
    if (named == null
        || !named.origin().sameGateway(log)
        || named.origin().number() >= log.number()) {
      return Optional.of("no opened first leaf names an earlier log of the gateway");
    }
    return held == null || admits(held)
        ? Optional.empty()
        : Optional.of(
            "no opened leaf admits the "
                + held.checkpoint().size()
                + " leaves that are held of "
                + held.origin());
  }

  /** Whether an opened leaf names that log and admits as many leaves of it. */
  boolean admits(HeldCheckpoint held) {
    return records.values().stream()
        .map(record -> record.subject().formerLog())
        .filter(Objects::nonNull)
        .anyMatch(former -> admits(former, held.origin(), held.checkpoint()));
  }

  /** Whether a leaf that names an earlier log admits what is held of that. */
  static boolean admits(FormerLog former, LogOrigin origin, Checkpoint held) {
    return former.origin().equals(origin) && former.reaches(held.size(), held.root());
  }
}
