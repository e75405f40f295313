package org.entente.gateway.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.TreeHead;
import org.entente.gateway.note.TreeHash;

/**
 * A copy of a log with a checkpoint stored separately, as with a backup. As thread-safe as the
 * copy.
 */
public final class LogCopy implements LogReader {
  private final LogReader copy;
  private final List<Copy> checkpoints;

  /** Adds the checkpoint to those that the copy must continue. */
  public LogCopy(LogReader copy, Copy checkpoint) {
    this.copy = copy;
    checkpoints = new ArrayList<>(copy.checkpoints());
    checkpoints.add(checkpoint);
  }

  @Override
  public Optional<TreeHead> head() {
    return copy.head();
  }

  @Override
  public Optional<byte[]> leaf(long index) {
    return copy.leaf(index);
  }

  @Override
  public Optional<TreeHash> node(int level, long index) {
    return copy.node(level, index);
  }

  @Override
  public boolean keeps(int level) {
    return copy.keeps(level);
  }

  @Override
  public List<Copy> checkpoints() {
    return List.copyOf(checkpoints);
  }
}
