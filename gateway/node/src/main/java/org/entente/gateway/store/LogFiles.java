package org.entente.gateway.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.entente.gateway.store.StoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Checks RocksDB's logs, before RocksDB opens them, for damage that it mistakes for a normal end.
 *
 * <p>A record whose length was changed reaches beyond the end of the file like one that a crash cut
 * short, and a stretch of zeros looks like space not yet written. RocksDB then drops the records
 * that follow, though they may have been acknowledged. This check searches on: if a whole record
 * with the beginning of a batch follows the first invalid one, the log was damaged, not cut short.
 * Other members choose bytes of the values in a record that a crash cut short, so such a batch is
 * told by a random number of the opening that wrote the log ({@link BatchEncoder}); only at the
 * beginning of a block, where no value's byte stands, does any record count. If none follows, a
 * crash can have left only the beginning of a record or space never written. A record that is
 * complete but has another checksum, type or length was whole once, and may have been acknowledged.
 * (A power cut that writes the pages of a record out of order looks the same. Refusing it costs an
 * operator's look although nothing was lost; accepting it would lose acknowledged commits.) A log
 * that ends early although a later one was written to is damaged as well. The manifest must be
 * whole: if its last record is not, logs whose content it placed may already be gone; without
 * damage, only a power cut during that very write leaves it so. RocksDB checks the rest, more
 * strictly.
 *
 * <pre>
 * block of 32 KiB (the last may be shorter): records, then fewer than 7 zero bytes
 * record
 *  0       4       6      7
 *  +-------+-------+------+-- - - - --+
 *  | crc   | length| type | payload   |   little-endian; crc: CRC-32C of type and payload, masked
 *  +-------+-------+------+-- - - - --+
 * </pre>
 */
final class LogFiles {
  private static final int BLOCK = 32 << 10;
  private static final int HEADER = 7;
  private static final byte FULL = 1;
  private static final byte FIRST = 2;
  private static final byte MIDDLE = 3;
  private static final int MARK_END = HEADER + BatchEncoder.MARK_AT + BatchEncoder.MARK_BYTES;
  private static final int CRC_MASK = 0xa282ead8;
  private static final String LOG = ".log";

  private LogFiles() {}

  /**
   * Checks the write-ahead logs and the manifest in {@code dir}.
   *
   * @throws StoreFailure if one is damaged in a way that RocksDB would not notice
   */
  static void requireUndamaged(Path dir) {
    try {
      Path manifest = manifest(dir);
      if (!check(manifest)) {
        throw damaged(manifest, "its last record is incomplete");
      }
      Path cutShort = null;
      for (Path log : logs(dir)) {
        if (cutShort != null && Files.size(log) > 0) {
          throw damaged(cutShort, "it ends early although a later log follows");
        }
        if (!check(log)) {
          cutShort = log;
        }
      }
    } catch (IOException e) {
      throw new StoreFailure(Kind.IO, "cannot read the logs in " + dir + ": " + e.getMessage(), e);
    }
  }

  private static Path manifest(Path dir) throws IOException {
    String name = Files.readString(dir.resolve("CURRENT"), StandardCharsets.US_ASCII).strip();
    Path manifest = dir.resolve(name);
    if (name.contains("/") || !Files.isRegularFile(manifest)) {
      throw new StoreFailure(
          Kind.CORRUPT, dir.resolve("CURRENT") + " names a manifest that does not exist", null);
    }
    return manifest;
  }

  private static List<Path> logs(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9]+\\.log"))
          .sorted(Comparator.comparingLong(LogFiles::number))
          .toList();
    }
  }

  private static long number(Path log) {
    String name = log.getFileName().toString();
    return Long.parseLong(name.substring(0, name.length() - LOG.length()));
  }

  /**
   * Whether {@code file} consists of whole records to its end; refuses one with records after a
   * gap.
   */
  private static boolean check(Path file) throws IOException {
    byte[] block = new byte[BLOCK];
    byte[] mark = null;
    long gap = -1;
    try (InputStream in = Files.newInputStream(file)) {
      int size = BLOCK;
      // Nothing is read past a short block: it is the end, unless a running node is appending.
      for (long position = 0; size == BLOCK; position += size) {
        size = in.readNBytes(block, 0, BLOCK);
        int searched = 0;
        if (gap < 0) {
          searched = wholeRecords(block, size);
          mark = mark == null ? firstMark(block, searched, size) : mark;
          gap = searched < size ? position + searched : -1;
          requireTorn(file, block, searched, size, gap);
        }
        if (gap >= 0 && holdsMore(block, searched, size, mark)) {
          throw damaged(
              file, "a record at byte " + gap + " is invalid, but valid records follow it");
        }
      }
    }
    return gap < 0;
  }

  /** How many bytes of a block its whole records take, the padding included. */
  private static int wholeRecords(byte[] block, int size) {
    int at = 0;
    while (fits(block, at, size)) {
      at += HEADER + length(block, at);
    }
    return at > BLOCK - HEADER && isZero(block, at, size) ? size : at;
  }

  /**
   * Requires that the invalid bytes at {@code at} are such as a crash leaves, or that there are
   * none.
   */
  private static void requireTorn(Path file, byte[] block, int at, int size, long position) {
    if (at > size - HEADER) {
      return;
    }
    int length = length(block, at);
    String record = "the record at byte " + position;
    if (block[at + 6] == 0 && length == 0) {
      if (!isZero(block, at, size)) {
        throw damaged(file, record + " begins with zeros");
      }
    } else if (length > BLOCK - at - HEADER
        || (isContinued(block[at + 6]) && length < BLOCK - at - HEADER)) {
      throw damaged(file, record + " has an impossible length");
    } else if (length <= size - at - HEADER) {
      throw damaged(file, record + " is not what was written");
    } else if (!isContinued(block[at + 6]) && fitsWith(block, at, size - at - HEADER)) {
      // One that is continued may consist of another member's bytes alone, and its length is right.
      throw damaged(file, record + " does not have the length that was written");
    }
  }

  /**
   * Whether there is a whole record from {@code from} on: at the beginning of a block any, behind
   * it one that begins a batch of the log's opening.
   */
  private static boolean holdsMore(byte[] block, int from, int size, byte @Nullable [] mark) {
    if (from == 0 && fits(block, 0, size)) {
      return true;
    }
    for (int at = from; mark != null && at <= size - MARK_END; at++) {
      if (Arrays.equals(mark, mark(block, at, size)) && fits(block, at, size)) {
        return true;
      }
    }
    return false;
  }

  /** The log's mark in the first batch that begins among the whole records, or at their end. */
  private static byte @Nullable [] firstMark(byte[] block, int end, int size) {
    byte[] mark = mark(block, 0, size);
    for (int at = 0; mark == null && at < end; ) {
      at += HEADER + length(block, at);
      mark = mark(block, at, size);
    }
    return mark;
  }

  /** The mark in the batch that begins with the record at {@code at}; null if none does. */
  private static byte @Nullable [] mark(byte[] block, int at, int size) {
    boolean begins =
        at <= size - MARK_END
            && (block[at + 6] == FULL || block[at + 6] == FIRST)
            && length(block, at) >= MARK_END - HEADER
            && block[at + HEADER + BatchEncoder.MARK_AT] == BatchEncoder.LOG_DATA;
    return begins
        ? Arrays.copyOfRange(block, at + MARK_END - BatchEncoder.MARK_BYTES, at + MARK_END)
        : null;
  }

  /** Whether a record of this type is followed by the rest of its batch, and so fills its block. */
  private static boolean isContinued(byte type) {
    return type == FIRST || type == MIDDLE;
  }

  /** Whether there is a whole record at {@code at}. Type 0 is space that was never written. */
  private static boolean fits(byte[] block, int at, int size) {
    if (at > size - HEADER || block[at + 6] == 0) {
      return false;
    }
    int length = length(block, at);
    return length <= size - at - HEADER && fitsWith(block, at, length);
  }

  /** Whether the checksum at {@code at} is that of a payload of this length. */
  private static boolean fitsWith(byte[] block, int at, int length) {
    CRC32C crc = new CRC32C();
    crc.update(block, at + 6, 1 + length);
    int plain = (int) crc.getValue();
    return u32(block, at) == ((plain >>> 15) | (plain << 17)) + CRC_MASK;
  }

  private static int length(byte[] block, int at) {
    return u16(block, at + 4);
  }

  private static int u16(byte[] block, int at) {
    return (block[at] & 0xff) | (block[at + 1] & 0xff) << 8;
  }

  private static int u32(byte[] block, int at) {
    return u16(block, at) | u16(block, at + 2) << 16;
  }

  private static boolean isZero(byte[] block, int from, int to) {
    for (int at = from; at < to; at++) {
      if (block[at] != 0) {
        return false;
      }
    }
    return true;
  }

  private static StoreFailure damaged(Path file, String how) {
    return new StoreFailure(Kind.CORRUPT, "the log " + file + " is damaged: " + how, null);
  }
}
