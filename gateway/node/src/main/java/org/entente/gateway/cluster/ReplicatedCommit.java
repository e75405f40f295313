package org.entente.gateway.cluster;

import java.util.Arrays;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.store.Batch;
import org.entente.gateway.store.BatchCodec;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;

/**
 * One entry of the replicated log: a commit, and its place among all commits.
 *
 * <pre>
 * entry · version (1) · term (8) · number (8) · SHA-256 (32) of term, number and batch
 *       · batch to the end ({@link BatchCodec})
 * </pre>
 *
 * <p>The hash is of the bytes that the leader computed. A replica whose bytes differ, by a fault of
 * memory, a disk or this code, does not apply them.
 *
 * @param term the term in which its leader computed it
 * @param number commits that changed the store before it, plus one
 * @param batch the encoded batch
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ReplicatedCommit(long term, long number, byte[] batch) {
  private static final int VERSION = 1;
  private static final int PLACE_BYTES = 2 * Long.BYTES;
  private static final int HEAD_BYTES = 1 + PLACE_BYTES + Sha256.HASH_BYTES;

  /** Most bytes of keys and values in a batch, 8 MiB. */
  static final int MAX_BATCH_BYTES = 8 << 20;

  /** Most bytes of an entry, 12 MiB: a batch of many small changes is longer than its content. */
  static final int MAX_BYTES = 12 << 20;

  /**
   * The entry of a batch.
   *
   * @throws IllegalArgumentException if it is larger than an entry may be
   */
  static ReplicatedCommit of(long term, long number, Batch batch) {
    requireAtMost(batch.bytes(), MAX_BATCH_BYTES, "keys and values");
    byte[] encoded = BatchCodec.encode(batch);
    requireAtMost(HEAD_BYTES + encoded.length, MAX_BYTES, "a replicated entry");
    return new ReplicatedCommit(term, number, encoded);
  }

  private static void requireAtMost(int bytes, int most, String of) {
    if (bytes > most) {
      throw new IllegalArgumentException(
          "a batch of " + bytes + " bytes of " + of + "; at most " + most);
    }
  }

  byte[] encode() {
    byte[] place = place();
    return KeyBuilder.key(HEAD_BYTES + batch.length)
        .u8(VERSION)
        .bytes(place)
        .bytes(Sha256.hash(place, batch))
        .bytes(batch)
        .done();
  }

  private byte[] place() {
    return KeyBuilder.key(PLACE_BYTES).u64(term).u64(number).done();
  }

  /**
   * The entry of these bytes.
   *
   * @throws IllegalArgumentException if they are of another version, or not those that were encoded
   */
  static ReplicatedCommit decode(byte[] entry) {
    if (entry.length < HEAD_BYTES || entry[0] != VERSION) {
      throw new IllegalArgumentException("an entry of another version, or cut short");
    }
    KeyReader in = KeyReader.of(entry);
    in.u8();
    long term = in.u64();
    long number = in.u64();
    byte[] hash = in.bytes(Sha256.HASH_BYTES);
    ReplicatedCommit commit = new ReplicatedCommit(term, number, in.rest());
    if (!Arrays.equals(hash, Sha256.hash(commit.place(), commit.batch))) {
      throw new IllegalArgumentException("the entry is not what its leader computed");
    }
    return commit;
  }
}
