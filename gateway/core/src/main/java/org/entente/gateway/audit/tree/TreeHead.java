package org.entente.gateway.audit.tree;

import org.entente.gateway.note.TreeHash;

/**
 * Size of a log's tree and the root over its leaves.
 *
 * @param size number of leaves
 * @param root RFC 6962 root hash
 */
public record TreeHead(long size, TreeHash root) {

  /** The head of a log without leaves. */
  public static TreeHead empty() {
    return new TreeHead(0, MerkleTree.emptyRoot());
  }
}
