package org.entente.gateway.store;

/**
 * How far a replica of a store has got in a replicated log.
 *
 * @param term term of the last entry that was applied
 * @param index index of that entry in the log; -1 before the first
 * @param commits commits that changed the store since it was created
 */
public record LogPosition(long term, long index, long commits) {
  /** The position of a replica that has applied nothing. */
  public static final LogPosition START = new LogPosition(0, -1, 0);

  /**
   * The position of a replica that was made of the ledger of a machine alone: as if the first entry
   * had brought all of it. The log has no such entry, so a replica without it must fetch a copy.
   */
  public static final LogPosition OF_A_LEDGER = new LogPosition(0, 0, 1);

  private static final int BYTES = 3 * Long.BYTES;

  /** Requires the numbers of a log. */
  public LogPosition {
    if (term < 0 || index < -1 || commits < 0) {
      throw new IllegalArgumentException(
          "no position of a log: term " + term + ", index " + index + ", commits " + commits);
    }
  }

  /** Term, index + 1, and commits, each in 8 bytes, big-endian. */
  byte[] encode() {
    return KeyBuilder.key(BYTES).u64(term).u64(index + 1).u64(commits).done();
  }

  /** The position of these bytes. */
  static LogPosition decode(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    LogPosition position = new LogPosition(in.u64(), in.u64() - 1, in.u64());
    in.end();
    return position;
  }
}
