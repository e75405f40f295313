package org.entente.loadtests.measure;

import java.nio.ByteBuffer;
import java.util.Random;

/** Content of measured messages: their number, then incompressible bytes. */
public final class MeasuredContent {
  private static final long SEED = 7;

  private final byte[] pattern;

  /**
   * Content of a size.
   *
   * @param bytes at least 8
   */
  public MeasuredContent(int bytes) {
    if (bytes < Long.BYTES) {
      throw new IllegalArgumentException("a message of " + bytes + " bytes cannot hold its number");
    }
    pattern = new byte[bytes];
    // Not secret, and the same in each run.
    new Random(SEED).nextBytes(pattern);
  }

  /** How many bytes a message has. */
  public int bytes() {
    return pattern.length;
  }

  /** Messages with consecutive numbers, concatenated. */
  public byte[] of(long first, int count) {
    byte[] messages = new byte[Math.multiplyExact(pattern.length, count)];
    ByteBuffer buffer = ByteBuffer.wrap(messages);
    for (int i = 0; i < count; i++) {
      int start = i * pattern.length;
      System.arraycopy(pattern, 0, messages, start, pattern.length);
      buffer.putLong(start, first + i);
    }
    return messages;
  }

  /** The number of the message that starts here. */
  public static long number(ByteBuffer message) {
    return message.getLong(message.position());
  }
}
