package org.entente.gateway.cluster;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The folder of attachments of one node, as the leader of a term reads and changes it. Every call
 * names the term; a node that knows of a later one refuses it with {@link IOException}, as it does
 * if its disk fails or there is no answer in time.
 */
interface FileNode {
  /**
   * The beginning of a file.
   *
   * @param length of the whole file in bytes; 0 if there is none
   * @param sha256 of the asked bytes, or of all if there are fewer; in hexadecimal digits
   */
  record Held(long length, String sha256) {}

  /** How much a node has of a file, with the hash of its first bytes. */
  Held held(long term, String name, long bytes) throws IOException;

  /**
   * Replaces all from an offset on, durably.
   *
   * @param offset at most the length of the file
   */
  void write(long term, String name, long offset, byte[] bytes) throws IOException;

  /** Bytes from an offset on; fewer at the end of the file, none after it. */
  byte[] read(long term, String name, long offset, int most) throws IOException;

  /** All files with their lengths. */
  Map<String, Long> files(long term) throws IOException;

  /** Removes files; those that are not there do not matter. */
  void remove(long term, List<String> names) throws IOException;
}
