package org.entente.gateway.audit.tree;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.note.TreeHash;
import org.jspecify.annotations.Nullable;

/**
 * The right edge of a growing tree: the hash of the complete subtree for every set bit of its size.
 *
 * <p>Appending needs only this edge, so a log grows without reading stored nodes. Used by one
 * thread.
 */
public final class Frontier {

  private static final int LEVELS = 63;

  private final @Nullable TreeHash[] edge;
  private long size;

  private Frontier(@Nullable TreeHash[] edge, long size) {
    this.edge = edge;
    this.size = size;
  }

  /** The edge of a tree without leaves. */
  public static Frontier empty() {
    return new Frontier(new @Nullable TreeHash[LEVELS], 0);
  }

  /** Reads the edge of a stored tree; empty when one of its nodes is missing. */
  public static Optional<Frontier> read(long size, NodeReader nodes) {
    Frontier frontier = new Frontier(new @Nullable TreeHash[LEVELS], size);
    for (int level = 0; level < LEVELS; level++) {
      if ((size >>> level & 1) != 0) {
        Optional<TreeHash> node = nodes.node(level, (size >>> level) - 1);
        if (node.isEmpty()) {
          return Optional.empty();
        }
        frontier.edge[level] = node.get();
      }
    }
    return Optional.of(frontier);
  }

  /** An independent copy. */
  public Frontier copy() {
    return new Frontier(Arrays.copyOf(edge, LEVELS), size);
  }

  public long size() {
    return size;
  }

  /** Adds a leaf and reports every node that it completes, the leaf's own hash first. */
  public void append(TreeHash leafHash, NodeSink completed) {
    long index = size;
    TreeHash hash = leafHash;
    int level = 0;
    completed.node(0, index, hash);
    for (TreeHash left = edge[level]; left != null; left = edge[level]) {
      edge[level] = null;
      hash = MerkleTree.nodeHash(left, hash);
      level++;
      index >>>= 1;
      completed.node(level, index, hash);
    }
    edge[level] = hash;
    size++;
  }

  /** The root over all leaves. */
  public TreeHash root() {
    TreeHash root = null;
    for (TreeHash hash : edge) {
      if (hash != null) {
        root = root == null ? hash : MerkleTree.nodeHash(hash, root);
      }
    }
    return root == null ? MerkleTree.emptyRoot() : root;
  }

  /** Size and root. */
  public TreeHead head() {
    return new TreeHead(size, root());
  }

  /** Receives nodes as they become complete. */
  @FunctionalInterface
  public interface NodeSink {
    void node(int level, long index, TreeHash hash);
  }
}
