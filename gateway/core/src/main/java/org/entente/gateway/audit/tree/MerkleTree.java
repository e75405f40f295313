package org.entente.gateway.audit.tree;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.note.TreeHash;

/**
 * Computations on the log's hash tree: RFC 6962 section 2.1 with SHA-256. It stores nothing.
 *
 * <p>Design. Inclusion and consistency are one proof seen from two sides: both show that the root
 * of {@code size} leaves includes the hash of a range {@code [start, end)}. An inclusion proof of
 * leaf i is the proof for {@code [i, i+1)}, a consistency proof from an older tree is the proof for
 * {@code [0, olderSize)}. The general form (subtree consistency,
 * draft-ietf-plants-merkle-tree-certs section 4.4) is built and checked by the same recursion,
 * which walks down to the range and meets one sibling a step on its way up:
 *
 * <pre>
 *   range is the whole tree      its hash, which the verifier has (at first) or must be given
 *   range in the left half       descend left,  sibling = hash(right half), root = H(sub, sibling)
 *   range in the right half      descend right, sibling = hash(left half),  root = H(sibling, sub)
 *   range over both halves       (start is 0) descend right with [0, end-k); the left half belongs
 *                                to range and root alike
 * </pre>
 *
 * A range must be a subtree: {@code start} divisible by the least power of two that is not below
 * {@code end - start}. Recursion is at most 63 deep. All methods are pure.
 */
public final class MerkleTree {

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private MerkleTree() {}

  /** The root of the tree without leaves: SHA-256 of nothing. */
  public static TreeHash emptyRoot() {
    return TreeHash.of(Sha256.hash());
  }

  /** The hash of a leaf: SHA-256(0x00 ‖ data). */
  public static TreeHash leafHash(byte[] data) {
    return TreeHash.of(Sha256.hash(new byte[] {LEAF}, data));
  }

  /** The hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
  public static TreeHash nodeHash(TreeHash left, TreeHash right) {
    return TreeHash.of(Sha256.hash(new byte[] {NODE}, left.bytes(), right.bytes()));
  }

  /** The root over the first {@code size} leaves; empty when a node is missing. */
  public static Optional<TreeHash> root(long size, NodeReader nodes) {
    return size == 0 ? Optional.of(emptyRoot()) : rangeHash(0, size, nodes);
  }

  /**
   * The inclusion proof of a leaf, from its sibling upward; empty when a node is missing.
   *
   * @throws IllegalArgumentException when the tree has no such leaf
   */
  public static Optional<List<TreeHash>> proveInclusion(long leaf, long size, NodeReader nodes) {
    return prove(leaf, leaf + 1, size, nodes);
  }

  /**
   * The proof that the tree of {@code size} leaves continues that of {@code olderSize}; empty when
   * a node is missing.
   *
   * @throws IllegalArgumentException when {@code olderSize} is not between 1 and {@code size}
   */
  public static Optional<List<TreeHash>> proveConsistency(
      long olderSize, long size, NodeReader nodes) {
    return prove(0, olderSize, size, nodes);
  }

  /** True when the tree with this root has the leaf hash at this index. */
  public static boolean verifyInclusion(
      long leaf, long size, TreeHash leafHash, List<TreeHash> proof, TreeHash root) {
    return leaf >= 0 && leaf < size && verify(leaf, leaf + 1, size, leafHash, proof, root);
  }

  /**
   * True when the tree with the second size and root has the tree with the first as its beginning.
   *
   * <p>No proof exists for an empty older tree: false for size 0.
   */
  public static boolean verifyConsistency(
      long olderSize, TreeHash olderRoot, long size, TreeHash root, List<TreeHash> proof) {
    return verify(0, olderSize, size, olderRoot, proof, root);
  }

  /** True when the subtree {@code [start, end)} has the leaf hash at this index. */
  static boolean verifySubtreeInclusion(
      long leaf, long start, long end, TreeHash leafHash, List<TreeHash> proof, TreeHash root) {
    return isSubtree(start, end)
        && leaf >= start
        && verifyInclusion(leaf - start, end - start, leafHash, proof, root);
  }

  /**
   * True when the tree with this root contains the subtree {@code [start, end)} with this hash.
   * Every tree contains a subtree without leaves.
   */
  static boolean verifySubtreeConsistency(
      long start, long end, long size, TreeHash hash, List<TreeHash> proof, TreeHash root) {
    if (start == end) {
      boolean within = start >= 0 && end <= size;
      return within && proof.isEmpty() && hash.equals(emptyRoot());
    }
    return verify(start, end, size, hash, proof, root);
  }

  private static Optional<List<TreeHash>> prove(long start, long end, long size, NodeReader nodes) {
    if (!isSubtree(start, end) || end > size) {
      throw new IllegalArgumentException(
          "no proof of [" + start + ", " + end + ") in a tree of " + size);
    }
    List<TreeHash> proof = new ArrayList<>();
    return collect(new Place(start, end, 0, size), true, nodes, proof)
        ? Optional.of(List.copyOf(proof))
        : Optional.empty();
  }

  private static boolean collect(
      Place place, boolean known, NodeReader nodes, List<TreeHash> proof) {
    if (place.isWhole()) {
      return known || add(proof, rangeHash(place.low, place.high, nodes));
    }
    long k = place.middle();
    if (place.end <= k) {
      return collect(place.left(), known, nodes, proof)
          && add(proof, rangeHash(k, place.high, nodes));
    }
    boolean within = place.start >= k;
    return collect(place.right(), known && within, nodes, proof)
        && add(proof, rangeHash(place.low, k, nodes));
  }

  private static boolean add(List<TreeHash> proof, Optional<TreeHash> hash) {
    hash.ifPresent(proof::add);
    return hash.isPresent();
  }

  private static Optional<TreeHash> rangeHash(long low, long high, NodeReader nodes) {
    long width = high - low;
    if (Long.bitCount(width) == 1) {
      int level = Long.numberOfTrailingZeros(width);
      return nodes.node(level, low >>> level);
    }
    long k = low + Long.highestOneBit(width);
    return rangeHash(low, k, nodes)
        .flatMap(left -> rangeHash(k, high, nodes).map(right -> nodeHash(left, right)));
  }

  private static boolean verify(
      long start, long end, long size, TreeHash hash, List<TreeHash> proof, TreeHash root) {
    if (!isSubtree(start, end) || end > size) {
      return false;
    }
    Deque<TreeHash> rest = new ArrayDeque<>(proof);
    Optional<Pair> pair = rebuild(new Place(start, end, 0, size), hash, true, rest);
    return rest.isEmpty()
        && pair.filter(p -> p.range().equals(hash) && p.root().equals(root)).isPresent();
  }

  /** Mirrors {@link #collect}: takes from the proof the hashes that it adds. */
  private static Optional<Pair> rebuild(
      Place place, TreeHash hash, boolean known, Deque<TreeHash> rest) {
    if (place.isWhole()) {
      return (known ? Optional.of(hash) : Optional.ofNullable(rest.poll()))
          .map(h -> new Pair(h, h));
    }
    long k = place.middle();
    if (place.end <= k) {
      return rebuild(place.left(), hash, known, rest)
          .flatMap(p -> next(rest).map(s -> new Pair(p.range(), nodeHash(p.root(), s))));
    }
    boolean within = place.start >= k;
    return rebuild(place.right(), hash, known && within, rest)
        .flatMap(
            p ->
                next(rest)
                    .map(
                        s ->
                            new Pair(
                                within ? p.range() : nodeHash(s, p.range()),
                                nodeHash(s, p.root()))));
  }

  private static Optional<TreeHash> next(Deque<TreeHash> rest) {
    return Optional.ofNullable(rest.poll());
  }

  /**
   * Whether one node covers the range: its start is divisible by the power of two that covers it.
   */
  private static boolean isSubtree(long start, long end) {
    if (start < 0 || end <= start) {
      return false;
    }
    long power = Long.highestOneBit(end - start);
    long ceiling = power == end - start ? power : power << 1;
    return start == 0 || (ceiling > 0 && start % ceiling == 0);
  }

  private record Pair(TreeHash range, TreeHash root) {}

  /** A range {@code [start, end)} of leaves within a node over {@code [low, high)}. */
  private record Place(long start, long end, long low, long high) {

    boolean isWhole() {
      return start == low && end == high;
    }

    /** Where the node's left child ends: the largest power of two below its width. */
    long middle() {
      return low + Long.highestOneBit(high - low - 1);
    }

    Place left() {
      return new Place(start, end, low, middle());
    }

    Place right() {
      return new Place(Math.max(start, middle()), end, middle(), high);
    }
  }
}
