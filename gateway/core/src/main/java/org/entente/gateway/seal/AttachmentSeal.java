package org.entente.gateway.seal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Optional;
import org.entente.gateway.crypto.ChunkedEncryption;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AttachmentId;

/**
 * Seals one attachment, segment by segment. Each segment is a message of {@link ChunkedEncryption}
 * with a salt of its own, so it opens alone and may be written again after a crash without
 * repeating a nonce.
 *
 * <pre>
 * file     segments one after the other, each {@value #SEGMENT_BYTES} bytes before sealing, the last one shorter
 * segment  chunked encryption under the attachment's key
 * context  ascii "entente/v1 attachment" · 16-byte attachment id · u64 size of the file · u32 number
 * </pre>
 *
 * <p>The context binds each segment to its file, its place and the length of the file: segments
 * cannot be exchanged, left out or appended. Safe for many threads until closed.
 */
public final class AttachmentSeal implements AutoCloseable {
  /** Length of a full segment in bytes, before sealing. */
  public static final int SEGMENT_BYTES = 128 << 10;

  /** Length of a full segment in bytes, sealed. */
  public static final int SEALED_BYTES = ChunkedEncryption.sealedLength(SEGMENT_BYTES);

  /** Largest attachment in bytes. */
  public static final long MOST_BYTES = 1L << 31;

  private static final byte[] LABEL = "entente/v1 attachment".getBytes(US_ASCII);

  private final AttachmentId id;
  private final long size;
  private final SecretBytes key;

  /**
   * The seal of a file.
   *
   * @param size length of the file in bytes, from 1 to {@link #MOST_BYTES}
   * @param key 32 random bytes for this file alone; closed with the seal
   */
  public AttachmentSeal(AttachmentId id, long size, SecretBytes key) {
    if (size < 1 || size > MOST_BYTES) {
      throw new IllegalArgumentException("an attachment of " + size + " bytes");
    }
    this.id = id;
    this.size = size;
    this.key = key;
  }

  /** A new key. */
  public static SecretBytes freshKey(SecureRandom random) {
    return SecretBytes.random(random, ChunkedEncryption.KEY_BYTES);
  }

  /** Number of segments of a file. */
  public static int segments(long size) {
    return Math.toIntExact((size + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
  }

  /** Length of a segment in bytes, before sealing; 0 for one beyond the end. */
  public static int length(long size, int segment) {
    long from = (long) segment * SEGMENT_BYTES;
    return (int) Math.max(0, Math.min(SEGMENT_BYTES, size - from));
  }

  /** Where a sealed segment begins in the file. */
  public static long sealedOffset(int segment) {
    return (long) segment * SEALED_BYTES;
  }

  /** Length of a sealed segment in bytes. */
  public static int sealedLength(long size, int segment) {
    return ChunkedEncryption.sealedLength(length(size, segment));
  }

  /** Length of a whole sealed file in bytes. */
  public static long sealedLength(long size) {
    int last = segments(size) - 1;
    return sealedOffset(last) + sealedLength(size, last);
  }

  /** Length of the file in bytes. */
  public long size() {
    return size;
  }

  /**
   * Seals a segment.
   *
   * @throws IllegalArgumentException unless it has the length of that segment
   */
  public byte[] seal(int segment, byte[] plaintext, SecureRandom random) {
    if (plaintext.length == 0 || plaintext.length != length(size, segment)) {
      throw new IllegalArgumentException(
          "segment " + segment + " does not have " + plaintext.length + " bytes");
    }
    return key.use(bytes -> ChunkedEncryption.seal(bytes, context(segment), plaintext, random));
  }

  /** Opens a segment; empty if the bytes are not what was sealed for its place. */
  public Optional<byte[]> open(int segment, byte[] sealed) {
    int length = length(size, segment);
    if (length == 0 || sealed.length != ChunkedEncryption.sealedLength(length)) {
      return Optional.empty();
    }
    return key.use(bytes -> ChunkedEncryption.open(bytes, context(segment), sealed));
  }

  private byte[] context(int segment) {
    return ByteBuffer.allocate(LABEL.length + AttachmentId.SIZE + Long.BYTES + Integer.BYTES)
        .put(LABEL)
        .put(id.bytes())
        .putLong(size)
        .putInt(segment)
        .array();
  }

  @Override
  public void close() {
    key.close();
  }
}
