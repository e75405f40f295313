package org.entente.gateway.audit.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.note.TreeHash;

/**
 * Stored form of a leaf: the commitment, which log readers see, and the sealed content.
 *
 * <pre>
 *    0   1  version, 1
 *    1  32  commitment to the {@link ShownLeaf}; the leaf's data
 *   33   8  check: first bytes of SHA-256("entente/v1 stored leaf" ‖ index (8) ‖ commitment ‖ sealed)
 *   41      sealed: the {@link OpenedLeaf}, through the {@link LeafSealer}
 * </pre>
 *
 * The check tells damage from erasure: sealed bytes whose key was destroyed no longer open but
 * still match it. It does not protect against writers to the store; the commitment under the signed
 * root does.
 */
public final class StoredLeaf {

  private static final byte VERSION = 1;
  private static final int COMMITMENT_AT = 1;
  private static final int CHECK_AT = COMMITMENT_AT + TreeHash.BYTES;
  private static final int CHECK_BYTES = 8;
  private static final int SEALED_AT = CHECK_AT + CHECK_BYTES;
  private static final String STORED = "entente/v1 stored leaf";

  /** More than the keys and the values beside the record: 41, a seal, 36, and two nodes of 46. */
  private static final int MOST_BESIDE_RECORD = 320;

  /** An id in the leaf, and its entry in the index, whose key has 29 bytes. */
  private static final int MOST_OF_MESSAGE = MessageId.SIZE + 29;

  private final byte[] commitment;
  private final byte[] sealed;

  private StoredLeaf(byte[] commitment, byte[] sealed) {
    this.commitment = commitment;
    this.sealed = sealed;
  }

  /**
   * At most the bytes that a log stores for a record: keys and values of its leaf, its index
   * entries and the tree nodes that it completes, of which a leaf completes one on average.
   */
  public static int mostBytes(AuditRecord record) {
    return MOST_BESIDE_RECORD
        + AuditRecordCodec.encode(record).length
        + MOST_OF_MESSAGE * record.subject().messages().size();
  }

  /** Commits to a record with blinds from a seed, and seals all of them. */
  public static StoredLeaf make(long index, byte[] seed, AuditRecord record, LeafSealer sealer) {
    OpenedLeaf opened = OpenedLeaf.of(seed, record);
    byte[] content = opened.bytes();
    byte[] commitment = ShownLeaf.commitment(opened.shown().encode());
    StoredLeaf leaf = new StoredLeaf(commitment, sealer.seal(index, content));
    Arrays.fill(content, (byte) 0);
    return leaf;
  }

  /** A leaf with only its commitment. */
  public static StoredLeaf withoutRecord(byte[] commitment) {
    return new StoredLeaf(commitment.clone(), new byte[0]);
  }

  /** Reads the stored form; empty when any byte differs from what was written for this index. */
  public static Optional<StoredLeaf> parse(long index, byte[] value) {
    if (value.length < SEALED_AT || value[0] != VERSION) {
      return Optional.empty();
    }
    StoredLeaf leaf =
        new StoredLeaf(
            Arrays.copyOfRange(value, COMMITMENT_AT, CHECK_AT),
            Arrays.copyOfRange(value, SEALED_AT, value.length));
    return Arrays.equals(value, leaf.encode(index)) ? Optional.of(leaf) : Optional.empty();
  }

  /** The stored form. */
  public byte[] encode(long index) {
    byte[] at = new byte[Long.BYTES];
    BigEndian.putU64(at, 0, index);
    byte[] check = Sha256.hash(ascii(STORED), at, commitment, sealed);
    byte[] value = new byte[SEALED_AT + sealed.length];
    value[0] = VERSION;
    System.arraycopy(commitment, 0, value, COMMITMENT_AT, commitment.length);
    System.arraycopy(check, 0, value, CHECK_AT, CHECK_BYTES);
    System.arraycopy(sealed, 0, value, SEALED_AT, sealed.length);
    return value;
  }

  /** The leaf's data as log readers see it: 32 bytes. */
  public byte[] commitment() {
    return commitment.clone();
  }

  /** The leaf's hash in the tree. */
  public TreeHash hash() {
    return MerkleTree.leafHash(commitment);
  }

  /** The content; empty when the leaf no longer opens. */
  public Optional<OpenedLeaf> open(long index, LeafOpener opener) {
    return opener.open(index, sealed).map(content -> OpenedLeaf.of(content, commitment));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
