package org.entente.gateway.audit;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.NodeReader;
import org.entente.gateway.audit.tree.TreeHead;

/** Reads what is kept of a log, exactly as it is kept. Safe for use by many threads. */
public interface LogReader extends NodeReader {

  /** Size and root as written with the last commit; empty when they cannot be read. */
  Optional<TreeHead> head();

  /** The kept form of a leaf; empty when it is missing. */
  Optional<byte[]> leaf(long index);

  /** Whether nodes of a level are kept, so that one which is not there is missing. */
  default boolean keeps(int level) {
    return true;
  }

  /** Every copy of the last checkpoint, and earlier ones that the log must continue. */
  List<Copy> checkpoints();

  /** One copy of a checkpoint: where it lies, and its bytes. */
  final class Copy {
    private final String place;
    private final byte[] note;

    /** Takes the bytes over; the place is said in words. */
    public Copy(String place, byte[] note) {
      this.place = place;
      this.note = note;
    }

    /** Where it lies, in words. */
    public String place() {
      return place;
    }

    /** Its bytes as they lie there. */
    public byte[] note() {
      return note;
    }
  }
}
