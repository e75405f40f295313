package org.entente.gateway.audit.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.TreeHash;

/**
 * Shows that a leaf concerns a message, and nothing about its other messages.
 *
 * <pre>
 *    0   4  place of the message among those of the leaf, from 0
 *    4  32  its blind
 *   36      inclusion proof, 32 bytes a hash
 * </pre>
 *
 * {@code parse(b)} returns empty or a path whose {@link #encode()} is {@code b}. Immutable.
 */
public final class MessagePath {
  private static final int BLIND_AT = Integer.BYTES;
  private static final int PATH_AT = BLIND_AT + OpenedLeaf.BLIND_BYTES;
  private static final int MAX_HASHES = 32;

  private final byte[] encoded;

  private MessagePath(byte[] encoded) {
    this.encoded = encoded;
  }

  /** The path of the message at a place of the tree over those of a leaf. */
  static MessagePath of(byte[] seed, List<MessageId> messages, int place) {
    List<TreeHash> path = new MessageTree(seed, messages).path(place);
    byte[] encoded = new byte[PATH_AT + path.size() * TreeHash.BYTES];
    BigEndian.putU32(encoded, 0, place);
    System.arraycopy(MessageTree.blind(seed, place), 0, encoded, BLIND_AT, OpenedLeaf.BLIND_BYTES);
    int at = PATH_AT;
    for (TreeHash hash : path) {
      System.arraycopy(hash.bytes(), 0, encoded, at, TreeHash.BYTES);
      at += TreeHash.BYTES;
    }
    return new MessagePath(encoded);
  }

  /** Reads the encoded form; empty when its length is that of no path. */
  public static Optional<MessagePath> parse(byte[] bytes) {
    int path = bytes.length - PATH_AT;
    return path < 0 || path % TreeHash.BYTES != 0 || path > MAX_HASHES * TreeHash.BYTES
        ? Optional.empty()
        : Optional.of(new MessagePath(bytes.clone()));
  }

  /** The encoded form, a new array. */
  public byte[] encode() {
    return encoded.clone();
  }

  /** Whether it leads from the message to the root of a tree over that many messages. */
  boolean leads(MessageId message, long count, TreeHash root) {
    long place = Integer.toUnsignedLong(BigEndian.u32(encoded, 0));
    byte[] blind = Arrays.copyOfRange(encoded, BLIND_AT, PATH_AT);
    List<TreeHash> path = new ArrayList<>();
    for (int at = PATH_AT; at < encoded.length; at += TreeHash.BYTES) {
      path.add(TreeHash.of(Arrays.copyOfRange(encoded, at, at + TreeHash.BYTES)));
    }
    TreeHash leaf = MessageTree.leafHash(blind, message);
    return MerkleTree.verifyInclusion(place, count, leaf, path, root);
  }
}
