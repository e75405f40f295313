package org.entente.gateway.audit;

import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.tree.NodeReader;
import org.entente.gateway.audit.tree.TreeHead;

/** Reads the stored form of a log. Safe for use by many threads. */
public interface LogReader extends NodeReader {

  /** Size and root as written with the last commit; empty when they cannot be read. */
  Optional<TreeHead> head();

  /** The stored form of a leaf; empty if it is missing. */
  Optional<byte[]> leaf(long index);

  /** Whether nodes of a level are stored, so that an absent one counts as missing. */
  default boolean keeps(int level) {
    return true;
  }

  /** Every copy of the last checkpoint, and earlier ones that the log must continue. */
  List<Copy> checkpoints();

  /** One copy of a checkpoint: its place and its bytes. */
  final class Copy {
    private final String place;
    private final byte[] note;

    /** Takes over the bytes; the place is a description. */
    public Copy(String place, byte[] note) {
      this.place = place;
      this.note = note;
    }

    /** A description of its place. */
    public String place() {
      return place;
    }

    /** Its bytes as stored. */
    public byte[] note() {
      return note;
    }
  }
}
