package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.ceremony.PrivateFiles;

/**
 * Which state a node's keys are in. Of two states, that of the later leader is the newer one, and
 * of one leader's, that after more changes.
 *
 * @param term the term of the leader that brought the node there
 * @param number changes of keys that this leader had made or tried by then
 */
record KeyTag(long term, long number) implements Comparable<KeyTag> {
  /** The state of keys that no leader has brought to a node. */
  static final KeyTag START = new KeyTag(0, 0);

  /**
   * The state of a node that no longer has all the keys that it once said to have. Older than any:
   * such a node tells nothing about which keys exist.
   */
  static final KeyTag LOST = new KeyTag(-1, 0);

  private static final Pattern LINE = Pattern.compile("term ([0-9]{1,18}) change ([0-9]{1,18})\n");

  /**
   * The state that a file tells, or {@link #START} if there is none.
   *
   * @throws IOException if the file cannot be read, or is none of {@link #keep}
   */
  static KeyTag read(Path file) throws IOException {
    String line;
    try {
      line = Files.readString(file, StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      return START;
    }
    Matcher tag = LINE.matcher(line);
    if (!tag.matches()) {
      throw new IOException(
          file + " tells no state of keys: found " + line.strip() + "; valid is term 3 change 12");
    }
    return new KeyTag(Long.parseLong(tag.group(1)), Long.parseLong(tag.group(2)));
  }

  /** Writes the state to a file, durably. */
  void keep(Path file) throws IOException {
    String line = "term " + term + " change " + number + "\n";
    PrivateFiles.replace(file, line.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public int compareTo(KeyTag other) {
    return term == other.term ? Long.compare(number, other.number) : Long.compare(term, other.term);
  }

  @Override
  public String toString() {
    return "term " + term + " change " + number;
  }
}
