package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.store.LogPosition;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.store.StoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * How far a node once got, kept apart from its log and its copy: term and index, in one line.
 *
 * <p>A node whose disks were replaced or restored has forgotten votes and entries that it
 * acknowledged. Under its old name it could complete a majority for a history without them. So a
 * node that is behind its own mark does not start; it may join under a new name. Safe for many
 * threads.
 */
final class ProgressMark {
  private static final Pattern LINE = Pattern.compile("term ([0-9]{1,18}) index ([0-9]{1,18})\n");

  private final Path file;

  ProgressMark(Path file) {
    this.file = file;
  }

  /**
   * Requires a node that is at {@code position}, and has a log or not, to be where it once was.
   *
   * @throws StoreFailure naming the mark, and what to do
   */
  void require(LogPosition position, boolean hasLog) {
    Matcher mark = read();
    if (mark == null) {
      requireLog(position, hasLog);
      return;
    }
    long term = Long.parseLong(mark.group(1));
    long index = Long.parseLong(mark.group(2));
    // A copy to which nothing was applied is before index 0, where a mark begins.
    if (!hasLog || Math.max(0, position.index()) < index || position.term() < term) {
      throw new StoreFailure(
          Kind.CORRUPT,
          ("this node was at term %d, index %d (%s), but its copy is at term %d, index %d and its"
                  + " log %s. It has forgotten what it acknowledged, and must not vote under its name:"
                  + " mount its disks, or add it to the cluster under a new name")
              .formatted(
                  term,
                  index,
                  file,
                  position.term(),
                  position.index(),
                  hasLog ? "exists" : "is missing"),
          null);
    }
  }

  /** A copy to which entries were applied had a log, also if the mark is lost with it. */
  private void requireLog(LogPosition position, boolean hasLog) {
    if (!hasLog && position.index() > LogPosition.OF_A_LEDGER.index()) {
      throw new StoreFailure(
          Kind.CORRUPT,
          ("the copy of this node is at term %d, index %d, but its log and %s are missing. It has"
                  + " forgotten what it acknowledged, and must not vote under its name: mount its"
                  + " disks, or add it to the cluster under a new name")
              .formatted(position.term(), position.index(), file),
          null);
    }
  }

  private @Nullable Matcher read() {
    try {
      String line = Files.readString(file, StandardCharsets.US_ASCII);
      Matcher mark = LINE.matcher(line);
      if (!mark.matches()) {
        throw new StoreFailure(
            Kind.CORRUPT,
            file + " is no mark: found " + line.strip() + "; valid is " + "\"term 3 index 1200\"",
            null);
      }
      return mark;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Makes a mark where there is none, so that a log that is lost before a flush is missed too. */
  synchronized void begin() {
    if (read() == null) {
      keep(new LogPosition(0, 0, 0));
    }
  }

  /** Keeps a position that is on disk. On return the mark is on disk too. */
  synchronized void keep(LogPosition position) {
    String line = "term " + position.term() + " index " + position.index() + "\n";
    try {
      PrivateFiles.replace(file, line.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}
