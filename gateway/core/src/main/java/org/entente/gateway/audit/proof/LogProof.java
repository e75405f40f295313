package org.entente.gateway.audit.proof;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.ShownLeaf;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointVerifier;
import org.entente.gateway.audit.tree.MerkleTree;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.jspecify.annotations.Nullable;

/**
 * Proof that a log contains a leaf, checkable without the log: C2SP tlog-proof.
 *
 * <p>{@code parse(b)} returns empty or a proof whose {@link #encode()} is {@code b}. The optional
 * extra data is the leaf's {@link ShownLeaf}. Immutable.
 */
public final class LogProof {

  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";
  private static final int MAX_HASHES = 63;

  private final long index;
  private final byte @Nullable [] opening;
  private final List<TreeHash> path;
  private final SignedNote checkpoint;

  public LogProof(
      long index, Optional<byte[]> opening, List<TreeHash> path, SignedNote checkpoint) {
    this.index = index;
    this.opening = opening.map(byte[]::clone).orElse(null);
    this.path = List.copyOf(path);
    this.checkpoint = checkpoint;
  }

  /** Reads a proof strictly; empty when an encoder would not have written it. */
  public static Optional<LogProof> parse(byte[] bytes) {
    String whole = new String(bytes, StandardCharsets.UTF_8);
    int split = whole.indexOf("\n\n");
    if (split < 0 || bytes.length > SignedNote.MAX_BYTES) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(Arrays.asList(whole.substring(0, split).split("\n", -1)));
    byte[] note = whole.substring(split + 2).getBytes(StandardCharsets.UTF_8);
    return SignedNote.parse(note)
        .asNote()
        .flatMap(checkpoint -> parse(lines, checkpoint))
        .filter(proof -> Arrays.equals(proof.encode(), bytes));
  }

  /** Parses leniently; {@link #parse(byte[])} then compares the encoding. */
  private static Optional<LogProof> parse(List<String> lines, SignedNote checkpoint) {
    try {
      lines.remove(0);
      Optional<byte[]> opening = Optional.empty();
      if (!lines.isEmpty() && lines.get(0).startsWith(EXTRA)) {
        opening =
            Optional.of(Base64.getDecoder().decode(lines.remove(0).substring(EXTRA.length())));
      }
      if (lines.isEmpty() || lines.size() > MAX_HASHES + 1 || !lines.get(0).startsWith(INDEX)) {
        return Optional.empty();
      }
      long index = Long.parseLong(lines.remove(0).substring(INDEX.length()));
      List<TreeHash> path = lines.stream().flatMap(l -> TreeHash.parseBase64(l).stream()).toList();
      return index < 0 || opening.filter(extra -> extra.length == 0).isPresent()
          ? Optional.empty()
          : Optional.of(new LogProof(index, opening, path, checkpoint));
    } catch (IllegalArgumentException notANumberOrBase64) {
      return Optional.empty();
    }
  }

  /** The proof as a file's content. */
  public byte[] encode() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    if (opening != null) {
      text.append(EXTRA).append(Base64.getEncoder().encodeToString(opening)).append('\n');
    }
    text.append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(hash.base64()).append('\n'));
    text.append('\n').append(new String(checkpoint.encode(), StandardCharsets.UTF_8));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The checkpoint whose tree contains the leaf. */
  public SignedNote checkpoint() {
    return checkpoint;
  }

  /** The leaf's index. */
  public long index() {
    return index;
  }

  /** The leaf's opening; empty when the proof covers only the commitment, or has something else. */
  public Optional<ShownLeaf> opening() {
    return Optional.ofNullable(opening).flatMap(ShownLeaf::parse);
  }

  /**
   * What is wrong with the proof of its own record; empty when the log contains that record.
   *
   * @param verifier the log whose proof it should be
   */
  public Optional<String> fault(CheckpointVerifier verifier) {
    return opening == null
        ? Optional.of("the proof carries no record")
        : fault(verifier, ShownLeaf.commitment(opening));
  }

  /**
   * What is wrong with the proof of a leaf; empty when the log contains it.
   *
   * @param verifier the log whose proof it should be
   * @param commitment the leaf's data, 32 bytes
   */
  public Optional<String> fault(CheckpointVerifier verifier, byte[] commitment) {
    CheckpointCheck check = verifier.check(checkpoint.encode());
    if (check instanceof CheckpointCheck.Refused refused) {
      return Optional.of("its checkpoint is refused: " + refused.reason());
    }
    TreeHash leaf = MerkleTree.leafHash(commitment);
    var signed = ((CheckpointCheck.Signed) check).checkpoint();
    return MerkleTree.verifyInclusion(index, signed.size(), leaf, path, signed.root())
        ? Optional.empty()
        : Optional.of("the signed tree does not contain the leaf at index " + index);
  }
}
