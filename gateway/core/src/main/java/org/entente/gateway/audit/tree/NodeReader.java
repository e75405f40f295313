package org.entente.gateway.audit.tree;

import java.util.Optional;
import org.entente.gateway.note.TreeHash;

/**
 * Reads hashes of complete subtrees of a log.
 *
 * <p>The node at {@code (level, index)} is the hash over the leaves from {@code index * 2^level} to
 * {@code (index + 1) * 2^level}, exclusive. Level 0 holds leaf hashes.
 */
@FunctionalInterface
public interface NodeReader {

  /** The hash, or empty when it is missing or is not 32 bytes. */
  Optional<TreeHash> node(int level, long index);
}
