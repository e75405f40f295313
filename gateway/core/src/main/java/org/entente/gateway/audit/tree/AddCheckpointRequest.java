package org.entente.gateway.audit.tree;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;

/**
 * A log's request to a witness to cosign a checkpoint, with the proof that it continues the one
 * that the witness cosigned last. The body of {@code add-checkpoint} in C2SP tlog-witness:
 *
 * <pre>
 *   old &lt;size&gt;
 *   &lt;hash of the consistency proof, Base 64&gt;      0 to 63 lines
 *                                               an empty line
 *   &lt;the checkpoint, a signed note&gt;
 * </pre>
 *
 * {@code parse(b)} returns empty or a request whose {@link #encode()} is {@code b}. It does not
 * check signatures or the proof. Immutable.
 *
 * @param oldSize leaves under the checkpoint that the witness should hold; 0 for none
 * @param proof RFC 6962 consistency proof from there; empty where {@code oldSize} is 0 or the same
 * @param checkpoint the checkpoint
 */
public record AddCheckpointRequest(long oldSize, List<TreeHash> proof, SignedNote checkpoint) {

  /** Largest request in bytes: a checkpoint with many signatures and the longest proof. */
  public static final int MAX_BYTES = 64 << 10;

  private static final int MAX_HASHES = 63;
  private static final String OLD = "old ";
  private static final String END = "\n\n";

  /** Copies the list. */
  public AddCheckpointRequest {
    proof = List.copyOf(proof);
    if (oldSize < 0 || proof.size() > MAX_HASHES) {
      throw new IllegalArgumentException("old " + oldSize + ", " + proof.size() + " hashes");
    }
  }

  /** Reads a request strictly; empty when an encoder would not have written it. */
  public static Optional<AddCheckpointRequest> parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    String whole = new String(bytes, StandardCharsets.UTF_8);
    int split = whole.indexOf(END);
    if (split < 0 || !whole.startsWith(OLD)) {
      return Optional.empty();
    }
    byte[] note = whole.substring(split + END.length()).getBytes(StandardCharsets.UTF_8);
    List<String> lines = Arrays.asList(whole.substring(OLD.length(), split).split("\n", -1));
    return SignedNote.parse(note)
        .asNote()
        .flatMap(checkpoint -> parse(lines, checkpoint))
        .filter(request -> Arrays.equals(request.encode(), bytes));
  }

  /** Parses leniently; {@link #parse(byte[])} then compares the encoding. */
  private static Optional<AddCheckpointRequest> parse(List<String> lines, SignedNote checkpoint) {
    List<TreeHash> proof = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      TreeHash.parseBase64(line).ifPresent(proof::add);
    }
    try {
      return Optional.of(new AddCheckpointRequest(Long.parseLong(lines.get(0)), proof, checkpoint));
    } catch (IllegalArgumentException notARequest) {
      return Optional.empty();
    }
  }

  /** The request's bytes. */
  public byte[] encode() {
    StringBuilder text = new StringBuilder(OLD).append(oldSize).append('\n');
    proof.forEach(hash -> text.append(hash.base64()).append('\n'));
    text.append('\n').append(new String(checkpoint.encode(), StandardCharsets.UTF_8));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
