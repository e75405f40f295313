package org.entente.gateway.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.entente.gateway.ceremony.PrivateFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of attachments, which may be on a disk of its own. A file in the folder, and a mark
 * elsewhere, tell a folder that is empty from one whose disk is not mounted. Safe for many threads.
 */
public final class KnownFolder {
  /** The file in the folder. */
  static final String FILE = "entente-attachments";

  private static final Logger LOG = LoggerFactory.getLogger(KnownFolder.class);
  private static final byte[] WORDS =
      "attachments of a gateway\n".getBytes(StandardCharsets.US_ASCII);

  private final Path folder;
  private final Path mark;

  /** Whether this start has found or made the mark; one that vanishes later is not made again. */
  private boolean hasBegun;

  /** The log says it once. */
  private boolean isMissing;

  /**
   * A folder, which is not looked at yet.
   *
   * @param mark a file on another disk if possible, which says that there is a folder
   */
  public KnownFolder(Path folder, Path mark) {
    this.folder = folder;
    this.mark = mark;
  }

  /**
   * At a start: takes the folder, and makes it, if this machine has had none. What fails is logged,
   * and tried again by {@link #require}: a machine can serve without its attachments.
   */
  public synchronized void begin() {
    try {
      take(/* anew= */ false);
    } catch (IOException e) {
      LOG.error("attachments.folder: {} cannot be used yet: {}", folder, e.toString());
    }
  }

  /**
   * Takes the folder as it is, whatever disk is mounted: a person has decided so.
   *
   * @throws IOException if it cannot be written
   */
  public synchronized void takeAnew() throws IOException {
    take(/* anew= */ true);
  }

  private void take(boolean anew) throws IOException {
    // What cannot be looked at may be there: then an empty mount point must not be taken.
    if (anew || Files.notExists(mark)) {
      PrivateFiles.replace(folder.resolve(FILE), WORDS);
      PrivateFiles.replace(mark, WORDS);
    } else if (!Files.exists(mark)) {
      throw new IOException(
          "attachments.folder: its mark %s cannot be read; check its disk".formatted(mark));
    }
    hasBegun = true;
  }

  /**
   * Refuses a folder whose disk is not mounted.
   *
   * @throws IOException saying what to do
   */
  public synchronized void require() throws IOException {
    if (!hasBegun) {
      take(/* anew= */ false);
    }
    if (Files.exists(folder.resolve(FILE))) {
      isMissing = false;
      return;
    }
    String why =
        // What to do comes first: a client and a command are told the first 80 characters.
        ("attachments.folder: mount its disk; found no file %s in %s. If its files are lost,"
                + " remove %s and restart this machine")
            .formatted(FILE, folder, mark);
    if (!isMissing) {
      isMissing = true;
      LOG.error(why);
    }
    throw new IOException(why);
  }
}
