package org.entente.gateway.audit.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.model.BigEndian;
import org.entente.gateway.note.TreeHash;

/**
 * Stored form of a leaf: the commitment, which log readers see, and the sealed blind and record.
 *
 * <pre>
 *    0   1  version, 1
 *    1  32  commitment: SHA-256("entente/v1 leaf" ‖ blind ‖ encoded record); the leaf's data
 *   33   8  check: first bytes of SHA-256("entente/v1 stored leaf" ‖ index (8) ‖ commitment ‖ sealed)
 *   41      sealed: blind (32) ‖ encoded record, through the {@link LeafSealer}
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
  private static final String LEAF = "entente/v1 leaf";
  private static final String STORED = "entente/v1 stored leaf";

  private final byte[] commitment;
  private final byte[] sealed;

  private StoredLeaf(byte[] commitment, byte[] sealed) {
    this.commitment = commitment;
    this.sealed = sealed;
  }

  /** Commits to a record with a blind and seals both. */
  public static StoredLeaf make(long index, byte[] blind, byte[] record, LeafSealer sealer) {
    byte[] opened = Arrays.copyOf(blind, OpenedLeaf.BLIND_BYTES + record.length);
    System.arraycopy(record, 0, opened, OpenedLeaf.BLIND_BYTES, record.length);
    StoredLeaf leaf = new StoredLeaf(commit(opened), sealer.seal(index, opened));
    Arrays.fill(opened, (byte) 0);
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

  /** Blind and record; empty when the leaf no longer opens. */
  public Optional<OpenedLeaf> open(long index, LeafOpener opener) {
    return opener.open(index, sealed).map(opened -> new OpenedLeaf(opened, matches(opened)));
  }

  private boolean matches(byte[] opened) {
    return opened.length >= OpenedLeaf.BLIND_BYTES && Arrays.equals(commit(opened), commitment);
  }

  /** The commitment to a blind followed by the record. */
  public static byte[] commit(byte[] blindAndRecord) {
    return Sha256.hash(ascii(LEAF), blindAndRecord);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
