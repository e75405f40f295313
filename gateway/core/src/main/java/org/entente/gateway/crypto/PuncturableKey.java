package org.entente.gateway.crypto;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A key from which 2^64 keys are derived and which can forget any of them: the puncturable
 * pseudorandom function from the tree of Goldreich, Goldwasser and Micali ("How to construct random
 * functions", JACM 33, 1986; for its puncturing see Boneh and Waters, ePrint 2013/352).
 *
 * <p>A tree of 32 levels with four children at each node; a child is HMAC-SHA-256 of the node with
 * the child's place. The key of a leaf is its node. Forgetting a leaf replaces the node above it by
 * the siblings along the path, 96 at most, from which every other leaf can be derived and this one
 * cannot. So no later state of this key opens a ciphertext under a forgotten key. An earlier state
 * does; the caller destroys it.
 *
 * <p>Immutable except for closing. Safe for use by many threads.
 *
 * <pre>
 * u8 version = 1 · u32 count · count × (u8 level · u64 first leaf below · 32-byte node)
 * </pre>
 *
 * Big-endian, by first leaf in unsigned order; each state has exactly one encoding.
 */
public final class PuncturableKey implements AutoCloseable {
  /** Length in bytes of the root and of every derived key. */
  public static final int KEY_BYTES = 32;

  private static final byte[] CHILD = "entente/v1 tree".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int LEVELS = 32;
  private static final int RECORD_BYTES = 1 + 8 + KEY_BYTES;
  private static final int PREFIX_BYTES = 5;

  /** Leaves that differ only in their last 6 bits are often used one after the other. */
  private static final int SHARED_LEVELS = 29;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Node(int level, long first, byte[] seed) {
    boolean covers(long leaf) {
      return level == 0 || (leaf ^ first) >>> shift(level) == 0;
    }
  }

  private final NavigableMap<Long, Node> nodes;

  /**
   * The nodes above the leaf that was derived last, from {@link #SHARED_LEVELS} down: of 64 leaves
   * in a row, most need one derivation each and not three. Each is wiped when another takes its
   * place.
   */
  private final @Nullable Node[] recent = new Node[LEVELS - SHARED_LEVELS];

  private PuncturableKey(NavigableMap<Long, Node> nodes) {
    this.nodes = nodes;
  }

  /** A key that has forgotten nothing, out of 32 uniformly random bytes, which are copied. */
  public static PuncturableKey of(byte[] root) {
    if (root.length != KEY_BYTES) {
      throw new IllegalArgumentException("a root of " + root.length + " bytes");
    }
    NavigableMap<Long, Node> nodes = new TreeMap<>(Long::compareUnsigned);
    nodes.put(0L, new Node(0, 0, root.clone()));
    return new PuncturableKey(nodes);
  }

  /** The key of a leaf, which the caller wipes; empty if it was forgotten. */
  public synchronized Optional<byte[]> at(long leaf) {
    Node node = recent(leaf);
    if (node == null) {
      Map.Entry<Long, Node> above = nodes.floorEntry(leaf);
      if (above == null || !above.getValue().covers(leaf)) {
        return Optional.empty();
      }
      node = above.getValue();
      if (node.level() < SHARED_LEVELS) {
        node = remembered(descend(node, leaf, SHARED_LEVELS));
      }
    }
    if (node.level() == LEVELS) {
      return Optional.of(node.seed().clone());
    }
    while (node.level() < LEVELS - 1) {
      node = remembered(child(node, place(node, leaf)));
    }
    return Optional.of(child(node, place(node, leaf)).seed());
  }

  /** The lowest of the recent nodes above a leaf; null if there is none. */
  private @Nullable Node recent(long leaf) {
    for (int i = recent.length - 1; i >= 0; i--) {
      Node node = recent[i];
      if (node != null && node.covers(leaf)) {
        return node;
      }
    }
    return null;
  }

  private Node remembered(Node node) {
    int index = node.level() - SHARED_LEVELS;
    wipe(recent[index]);
    recent[index] = node;
    return node;
  }

  private static void wipe(@Nullable Node node) {
    if (node != null) {
      Arrays.fill(node.seed(), (byte) 0);
    }
  }

  /** Whether the key of a leaf can be derived. */
  public boolean holds(long leaf) {
    Map.Entry<Long, Node> above = nodes.floorEntry(leaf);
    return above != null && above.getValue().covers(leaf);
  }

  /**
   * The subtree of a level that holds a leaf, as a key of its own, which the caller closes; empty
   * if this key has forgotten any of that subtree.
   */
  public Optional<PuncturableKey> below(int level, long leaf) {
    Map.Entry<Long, Node> above = nodes.floorEntry(leaf);
    if (above == null || !above.getValue().covers(leaf) || above.getValue().level() > level) {
      return Optional.empty();
    }
    Node from = above.getValue();
    Node node = from.level() == level ? copy(from) : descend(from, leaf, level);
    NavigableMap<Long, Node> subtree = new TreeMap<>(Long::compareUnsigned);
    subtree.put(node.first(), node);
    return Optional.of(new PuncturableKey(subtree));
  }

  /** The same key without a leaf; itself if it had already forgotten that. */
  public PuncturableKey without(long leaf) {
    return without(List.of(leaf));
  }

  /** The same key without some leaves; itself if it had already forgotten all of them. */
  public PuncturableKey without(Collection<Long> leaves) {
    return without(LEVELS, leaves);
  }

  /**
   * The same key without the subtrees of a level that hold some leaves; itself if it had already
   * forgotten all of them.
   *
   * @param level of subtrees each of which this key holds whole or not at all
   */
  public PuncturableKey without(int level, Collection<Long> leaves) {
    PuncturableKey next = this;
    for (long leaf : leaves) {
      if (next.holds(leaf)) {
        next = next == this ? copy() : next;
        next.forget(level, leaf);
      }
    }
    return next;
  }

  private PuncturableKey copy() {
    NavigableMap<Long, Node> same = new TreeMap<>(Long::compareUnsigned);
    nodes.forEach((first, node) -> same.put(first, copy(node)));
    return new PuncturableKey(same);
  }

  /** Only for a key that is not yet shared. */
  private void forget(int level, long leaf) {
    Node node = nodes.remove(nodes.floorKey(leaf));
    while (node != null && node.level() < level) {
      Node onward = null;
      for (int place = 0; place < 4; place++) {
        Node child = child(node, place);
        if (child.covers(leaf)) {
          onward = child;
        } else {
          nodes.put(child.first(), child);
        }
      }
      Arrays.fill(node.seed(), (byte) 0);
      node = onward;
    }
    if (node != null) {
      Arrays.fill(node.seed(), (byte) 0);
    }
  }

  private static Node copy(Node node) {
    return new Node(node.level(), node.first(), node.seed().clone());
  }

  private static Node descend(Node from, long leaf, int level) {
    Node node = from;
    while (node.level() < level) {
      Node next = child(node, place(node, leaf));
      if (node.level() > from.level()) {
        Arrays.fill(node.seed(), (byte) 0);
      }
      node = next;
    }
    return node;
  }

  /** Which of a node's children holds a leaf. */
  private static int place(Node node, long leaf) {
    return (int) (leaf >>> shift(node.level() + 1)) & 3;
  }

  private static Node child(Node node, int place) {
    int level = node.level() + 1;
    byte[] seed = Hmac.SHA_256.mac(node.seed(), CHILD, new byte[] {(byte) place});
    return new Node(level, node.first() | ((long) place << shift(level)), seed);
  }

  /** How many bits of a leaf's number lie below a level. */
  private static int shift(int level) {
    return 64 - 2 * level;
  }

  /** The encoded state, which the caller wipes. */
  public byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(PREFIX_BYTES + nodes.size() * RECORD_BYTES);
    out.put((byte) VERSION).putInt(nodes.size());
    nodes
        .values()
        .forEach(node -> out.put((byte) node.level()).putLong(node.first()).put(node.seed()));
    return out.array();
  }

  /**
   * Reads a state.
   *
   * @throws IllegalArgumentException if the bytes are not a state
   */
  public static PuncturableKey parse(byte[] state) {
    try {
      ByteBuffer in = ByteBuffer.wrap(state);
      int version = in.get();
      int count = in.getInt();
      if (version != VERSION || in.remaining() != (long) count * RECORD_BYTES) {
        throw new IllegalArgumentException("not a state of a puncturable key");
      }
      NavigableMap<Long, Node> nodes = new TreeMap<>(Long::compareUnsigned);
      while (in.hasRemaining()) {
        Node node = node(in);
        Map.Entry<Long, Node> before = nodes.lastEntry();
        if (before != null
            && (Long.compareUnsigned(before.getKey(), node.first()) >= 0
                || before.getValue().covers(node.first()))) {
          throw new IllegalArgumentException("nodes out of order");
        }
        nodes.put(node.first(), node);
      }
      return new PuncturableKey(nodes);
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not a state of a puncturable key", e);
    }
  }

  private static Node node(ByteBuffer in) {
    int level = in.get();
    long first = in.getLong();
    boolean aligned =
        level >= 0 && level <= LEVELS && (level == LEVELS || first << (2 * level) == 0);
    if (!aligned || (level == 0 && first != 0)) {
      throw new IllegalArgumentException("an impossible node");
    }
    byte[] seed = new byte[KEY_BYTES];
    in.get(seed);
    return new Node(level, first, seed);
  }

  /** Wipes the key. No thread may use it at the same time or later. */
  @Override
  public synchronized void close() {
    nodes.values().forEach(PuncturableKey::wipe);
    nodes.clear();
    for (int i = 0; i < recent.length; i++) {
      wipe(recent[i]);
      recent[i] = null;
    }
  }

  @Override
  public String toString() {
    return SecretBytes.HIDDEN;
  }
}
