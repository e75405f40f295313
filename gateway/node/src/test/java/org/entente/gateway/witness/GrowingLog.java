package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.BucketSealer;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.OpenedLeaf;
import org.entente.gateway.audit.record.StoredLeaf;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.NodeReader;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.proto.link.v1.LeafOpening;

/** A log that signs whatever a test wants, as a lying or a restored one does. */
final class GrowingLog implements NodeReader {
  private final LogOrigin origin;
  private final SigningPair keys;
  private final List<TreeHash> leaves = new ArrayList<>();
  private final Map<Integer, byte[]> opened = new TreeMap<>();

  GrowingLog(LogOrigin origin, SigningPair keys) {
    this.origin = origin;
    this.keys = keys;
  }

  LogOrigin origin() {
    return origin;
  }

  /** Adds leaves that no other text gives. */
  GrowingLog grow(int count, String text) {
    for (int i = 0; i < count; i++) {
      leaves.add(MerkleTree.leafHash((text + leaves.size()).getBytes(StandardCharsets.UTF_8)));
    }
    return this;
  }

  /** Adds a leaf that is opened to witnesses and names an earlier log of the gateway. */
  GrowingLog naming(AuditType type, FormerLog former) {
    AuditRecord record =
        AuditRecord.of(
                type,
                LawCategory.NONE,
                Instant.EPOCH,
                AuditActor.gateway(origin.agency()),
                AuditSubject.of(former))
            .saying(former.words());
    BucketSealer sealer = new BucketSealer();
    StoredLeaf leaf = StoredLeaf.make(0, new byte[OpenedLeaf.SEED_BYTES], record, sealer);
    opened.put(leaves.size(), leaf.open(0, sealer).orElseThrow().shown().encode());
    leaves.add(leaf.hash());
    return this;
  }

  /** A log of the same gateway whose first leaf says that it follows this one of a size. */
  GrowingLog next(int admitted) {
    return new GrowingLog(origin.numbered(origin.number() + 1), keys)
        .naming(AuditType.LOG_OPENED, former(admitted));
  }

  /** What another log says of this one of a size. */
  FormerLog former(int admitted) {
    return new FormerLog(origin, null, new TreeHead(admitted, checkpoint(admitted).root()), null);
  }

  /** The leaves that it opens, under a size. */
  List<LeafOpening> openings(int size) {
    List<LeafOpening> out = new ArrayList<>();
    opened.forEach(
        (index, bytes) -> {
          LeafOpening.Builder opening =
              LeafOpening.newBuilder().setIndex(index).setOpened(ByteString.copyFrom(bytes));
          MerkleTree.proveInclusion(index, size, this)
              .orElseThrow()
              .forEach(hash -> opening.addPath(ByteString.copyFrom(hash.bytes())));
          out.add(opening.build());
        });
    return out;
  }

  /** A log with the same leaves that goes its own way from here. */
  GrowingLog fork() {
    GrowingLog fork = new GrowingLog(origin, keys);
    fork.leaves.addAll(leaves);
    return fork;
  }

  int size() {
    return leaves.size();
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    if (level == 0) {
      return index < leaves.size() ? Optional.of(leaves.get((int) index)) : Optional.empty();
    }
    return node(level - 1, 2 * index)
        .flatMap(
            left -> node(level - 1, 2 * index + 1).map(right -> MerkleTree.nodeHash(left, right)));
  }

  Checkpoint checkpoint(int size) {
    return Checkpoint.of(origin.line(), size, MerkleTree.root(size, this).orElseThrow());
  }

  SignedNote sign(int size, Instant at) {
    return sign(checkpoint(size), at);
  }

  SignedNote sign(Checkpoint checkpoint, Instant at) {
    String text = checkpoint.text();
    return SignedNote.of(
        text,
        List.of(
            NoteSigner.ed25519Cosignature(origin.keyName(), keys.ed25519()).sign(text, at),
            NoteSigner.mlDsa44Cosignature(origin.keyName(), keys.mlDsa44()).sign(text, at)));
  }

  /** An honest request: what is held has the old size. */
  AddCheckpointRequest request(int oldSize, int size, Instant at) {
    return new AddCheckpointRequest(oldSize, proof(oldSize, size), sign(size, at));
  }

  private List<TreeHash> proof(int oldSize, int size) {
    return oldSize == 0 || oldSize >= size
        ? List.of()
        : MerkleTree.proveConsistency(oldSize, size, this).orElseThrow();
  }
}
