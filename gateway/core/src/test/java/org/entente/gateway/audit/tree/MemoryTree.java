package org.entente.gateway.audit.tree;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.note.TreeHash;

/** A tree in memory: nodes as a {@link Frontier} completes them, and RFC 6962's own definition. */
public final class MemoryTree implements NodeReader {

  private record Place(int level, long index) {}

  private final Map<Place, TreeHash> nodes = new HashMap<>();
  private final List<TreeHash> leaves = new ArrayList<>();
  private final Frontier frontier = Frontier.empty();

  public static MemoryTree of(List<byte[]> entries) {
    MemoryTree tree = new MemoryTree();
    entries.forEach(entry -> tree.append(MerkleTree.leafHash(entry)));
    return tree;
  }

  static MemoryTree ofSize(int size) {
    List<byte[]> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      entries.add(new byte[] {(byte) i, (byte) (i >>> 8)});
    }
    return of(entries);
  }

  public void append(TreeHash leaf) {
    leaves.add(leaf);
    frontier.append(leaf, (level, index, hash) -> nodes.put(new Place(level, index), hash));
  }

  public Frontier frontier() {
    return frontier;
  }

  public TreeHash leaf(int index) {
    return leaves.get(index);
  }

  /** Forgets a node. */
  void remove(int level, long index) {
    nodes.remove(new Place(level, index));
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    return Optional.ofNullable(nodes.get(new Place(level, index)));
  }

  /** MTH(D[from:to]) as RFC 6962 section 2.1 writes it. */
  public TreeHash defined(int from, int to) {
    if (to == from) {
      return MerkleTree.emptyRoot();
    }
    if (to - from == 1) {
      return leaves.get(from);
    }
    int k = Integer.highestOneBit(to - from - 1);
    return MerkleTree.nodeHash(defined(from, from + k), defined(from + k, to));
  }

  /** PATH(m, D[from:to]) as RFC 6962 section 2.1.1 writes it. */
  public List<TreeHash> definedPath(int m, int from, int to) {
    if (to - from == 1) {
      return new ArrayList<>();
    }
    int k = Integer.highestOneBit(to - from - 1);
    List<TreeHash> path = m < k ? definedPath(m, from, from + k) : definedPath(m - k, from + k, to);
    path.add(m < k ? defined(from + k, to) : defined(from, from + k));
    return path;
  }

  /** SUBPROOF(m, D[from:to], known) as RFC 6962 section 2.1.2 writes it. */
  public List<TreeHash> definedSubproof(int m, int from, int to, boolean known) {
    if (m == to - from) {
      return known ? new ArrayList<>() : new ArrayList<>(List.of(defined(from, to)));
    }
    int k = Integer.highestOneBit(to - from - 1);
    if (m <= k) {
      List<TreeHash> proof = definedSubproof(m, from, from + k, known);
      proof.add(defined(from + k, to));
      return proof;
    }
    List<TreeHash> proof = definedSubproof(m - k, from + k, to, false);
    proof.add(defined(from, from + k));
    return proof;
  }
}
