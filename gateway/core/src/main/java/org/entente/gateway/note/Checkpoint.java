package org.entente.gateway.note;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tree head of a log at one size: the text of a note that the log signs and witnesses cosign.
 *
 * <p>Form: C2SP tlog-checkpoint. {@code parse(t)} returns empty or a checkpoint whose {@link
 * #text()} is {@code t}. It keeps extension lines of other logs; Entente writes none, since ML-DSA
 * cosignatures do not cover them.
 *
 * @param origin the log's identity, the first line
 * @param size the number of leaves, 0 to 2^63-1
 * @param root the RFC 6962 root hash over them
 * @param extensions further lines, each non-empty
 */
public record Checkpoint(String origin, long size, TreeHash root, List<String> extensions) {

  private static final int FIXED_LINES = 3;

  /** Checks the lines; text from outside goes through {@link #parse} instead. */
  public Checkpoint {
    extensions = List.copyOf(extensions);
    if (size < 0 || !isLine(origin) || !extensions.stream().allMatch(Checkpoint::isLine)) {
      throw new IllegalArgumentException("not a checkpoint of size " + size);
    }
  }

  /** A checkpoint without extension lines. */
  public static Checkpoint of(String origin, long size, TreeHash root) {
    return new Checkpoint(origin, size, root, List.of());
  }

  /** Reads a note's text; empty when it is not exactly a checkpoint. */
  public static Optional<Checkpoint> parse(String text) {
    if (!text.endsWith("\n")) {
      return Optional.empty();
    }
    List<String> lines = Arrays.asList(text.substring(0, text.length() - 1).split("\n", -1));
    if (lines.size() < FIXED_LINES || !lines.stream().allMatch(Checkpoint::isLine)) {
      return Optional.empty();
    }
    Optional<Long> size = parseSize(lines.get(1));
    Optional<TreeHash> root = TreeHash.parseBase64(lines.get(2));
    if (size.isEmpty() || root.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Checkpoint(
            lines.get(0), size.get(), root.get(), lines.subList(FIXED_LINES, lines.size())));
  }

  /** The note text, every line ended by a newline. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(origin).append('\n').append(size).append('\n').append(root.base64()).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** A decimal without sign or leading zeros that fits into 63 bits. */
  private static Optional<Long> parseSize(String text) {
    boolean digits = text.length() <= 19 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || (text.startsWith("0") && text.length() > 1)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException beyond63Bits) {
      return Optional.empty();
    }
  }

  private static boolean isLine(String line) {
    return !line.isEmpty() && line.chars().noneMatch(c -> c < ' ');
  }
}
