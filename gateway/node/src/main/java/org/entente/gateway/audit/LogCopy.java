package org.entente.gateway.audit;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
    this(copy, Stream.concat(copy.checkpoints().stream(), Stream.of(checkpoint)).toList());
  }

  /** Has other checkpoints than those of the copy. */
  LogCopy(LogReader copy, List<Copy> checkpoints) {
    this.copy = copy;
    this.checkpoints = List.copyOf(checkpoints);
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
    return checkpoints;
  }
}
