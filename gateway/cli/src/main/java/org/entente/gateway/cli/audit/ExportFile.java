package org.entente.gateway.cli.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.entente.gateway.cli.call.OptionFile;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.crypto.Sha256;
import org.entente.proto.v1.ExportedLeaf;

/**
 * The output of an earlier {@code audit export}, kept in a file.
 *
 * @param name the file's name
 * @param sha256 hash of the whole file, in hexadecimal
 * @param leaves its leaves, in its order
 */
record ExportFile(String name, String sha256, List<ExportedLeaf> leaves) {
  /** Longest file, in bytes; it bounds the memory that a report takes. */
  static final int MOST_BYTES = 128 << 20;

  ExportFile {
    leaves = List.copyOf(leaves);
  }

  /**
   * Reads a file.
   *
   * @throws CommandFailure naming the line if a line is not as the export printed it, or if the
   *     file is empty, too long or cannot be read
   */
  static ExportFile read(Path file) {
    byte[] content =
        OptionFile.access(
            "--export: " + file + " cannot be read", () -> OptionFile.start(file, MOST_BYTES));
    if (content.length > MOST_BYTES) {
      throw new CommandFailure(
          "--export: "
              + file
              + " is longer than "
              + (MOST_BYTES >> 20)
              + " MiB; export shorter periods, and report each");
    }
    List<ExportedLeaf> leaves = leaves(file, new String(content, UTF_8));
    String hash = HexFormat.of().formatHex(Sha256.hash(content));
    return new ExportFile(String.valueOf(file.getFileName()), hash, leaves);
  }

  private static List<ExportedLeaf> leaves(Path file, String content) {
    List<ExportedLeaf> leaves = new ArrayList<>();
    for (String line : (Iterable<String>) content.lines()::iterator) {
      leaves.add(ExportLineParser.parse(line).orElseThrow(() -> altered(file, leaves.size() + 1)));
    }
    if (leaves.isEmpty()) {
      throw new CommandFailure("--export: " + file + " has no line");
    }
    return leaves;
  }

  private static CommandFailure altered(Path file, int line) {
    return new CommandFailure(
        "--export: line "
            + line
            + " of "
            + file
            + " is not as `audit export` writes it: it was changed, or another release wrote it;"
            + " use the export as it was written");
  }
}
