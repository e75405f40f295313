package org.entente.gateway.audit.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.audit.tree.NodeReader;
import org.entente.gateway.crypto.Hkdf;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.TreeHash;

/**
 * The messages of a leaf as a tree, so that a proof of one of them does not show the others. Every
 * message has a blind of its own: otherwise its hash would confirm a guessed id.
 */
final class MessageTree implements NodeReader {
  private static final byte[] BLIND = "entente/v1 leaf message".getBytes(StandardCharsets.US_ASCII);

  private final List<TreeHash> leaves;

  /** The tree over the messages of a leaf with this seed. */
  MessageTree(byte[] seed, List<MessageId> messages) {
    List<byte[]> blinds = Hkdf.expandEachSha256(seed, BLIND, messages.size());
    leaves = new ArrayList<>(messages.size());
    for (MessageId message : messages) {
      leaves.add(leafHash(blinds.get(leaves.size()), message));
    }
  }

  static byte[] blind(byte[] seed, int place) {
    byte[] info = Arrays.copyOf(BLIND, BLIND.length + Integer.BYTES);
    BigEndian.putU32(info, BLIND.length, place);
    return Hkdf.expandSha256(seed, info, OpenedLeaf.BLIND_BYTES);
  }

  static TreeHash leafHash(byte[] blind, MessageId message) {
    byte[] data = Arrays.copyOf(blind, blind.length + MessageId.SIZE);
    System.arraycopy(message.bytes(), 0, data, blind.length, MessageId.SIZE);
    return MerkleTree.leafHash(data);
  }

  TreeHash root() {
    return MerkleTree.root(leaves.size(), this).orElseThrow();
  }

  List<TreeHash> path(int place) {
    return MerkleTree.proveInclusion(place, leaves.size(), this).orElseThrow();
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    return Optional.of(hash(level, (int) index));
  }

  private TreeHash hash(int level, int index) {
    return level == 0
        ? leaves.get(index)
        : MerkleTree.nodeHash(hash(level - 1, 2 * index), hash(level - 1, 2 * index + 1));
  }
}
