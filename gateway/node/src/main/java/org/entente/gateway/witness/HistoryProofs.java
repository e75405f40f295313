package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.ledger.table.WitnessTable.HeldCheckpoint;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.TreeHash;
import org.entente.proto.link.v1.ConsistencyProof;

/**
 * A log's proofs that checkpoints of it which other witnesses hold, and the one to cosign, are of
 * one history. Immutable.
 */
final class HistoryProofs {
  private static final int MAX_HASHES = 63;

  private final Map<Long, List<TreeHash>> bySize;
  private final SuccessionProof succession;

  private HistoryProofs(Map<Long, List<TreeHash>> bySize, SuccessionProof succession) {
    this.bySize = bySize;
    this.succession = succession;
  }

  /**
   * Reads the proofs of a request, and none of a list that is too long.
   *
   * @param succession what the log proves of earlier logs of its gateway
   */
  static HistoryProofs of(List<ConsistencyProof> proofs, SuccessionProof succession) {
    Map<Long, List<TreeHash>> bySize = new HashMap<>();
    if (proofs.size() <= ReportedCheckpoints.MOST_SHOWN) {
      proofs.stream()
          .filter(HistoryProofs::isWellFormed)
          .forEach(proof -> bySize.put(proof.getSize(), hashes(proof)));
    }
    return new HistoryProofs(bySize, succession);
  }

  private static boolean isWellFormed(ConsistencyProof proof) {
    return proof.getHashesCount() <= MAX_HASHES
        && proof.getHashesList().stream().allMatch(hash -> hash.size() == TreeHash.BYTES);
  }

  private static List<TreeHash> hashes(ConsistencyProof proof) {
    List<TreeHash> out = new ArrayList<>();
    for (ByteString hash : proof.getHashesList()) {
      out.add(TreeHash.of(hash.toByteArray()));
    }
    return out;
  }

  /**
   * Whether a reported checkpoint and the offered one are proved to be of one history. The caller
   * has checked that they do not conflict.
   */
  boolean connect(HeldCheckpoint reported, HeldCheckpoint offered) {
    int number = offered.origin().number();
    if (reported.origin().number() != number) {
      return reported.origin().number() < number && succession.admits(reported);
    }
    Checkpoint one = reported.checkpoint();
    Checkpoint other = offered.checkpoint();
    Checkpoint smaller = one.size() <= other.size() ? one : other;
    Checkpoint larger = one.size() <= other.size() ? other : one;
    return smaller.size() == larger.size()
        || smaller.size() == 0
        || MerkleTree.verifyConsistency(
            smaller.size(),
            smaller.root(),
            larger.size(),
            larger.root(),
            bySize.getOrDefault(one.size(), List.of()));
  }
}
