package org.entente.gateway.crypto;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A secret of any length that prints as {@code [hidden]} and can be wiped.
 *
 * <p>Comparison time depends only on the lengths. Closing overwrites the bytes; every later use
 * fails. Copies made by the virtual machine or a caller remain. Safe for use by many threads: a
 * reader sees the whole secret or the failure, never a half-wiped secret.
 */
public final class SecretBytes implements AutoCloseable {
  /** Printed form of a secret. */
  static final String HIDDEN = "[hidden]";

  private byte @Nullable [] bytes;

  private SecretBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Holds a copy of {@code bytes}; the caller wipes its own. */
  public static SecretBytes copyOf(byte[] bytes) {
    return new SecretBytes(bytes.clone());
  }

  /** Takes ownership of {@code bytes} without a copy: the caller must not keep or change them. */
  public static SecretBytes takeOver(byte[] bytes) {
    return new SecretBytes(bytes);
  }

  /** Draws {@code length} bytes from {@code random}. */
  public static SecretBytes random(SecureRandom random, int length) {
    return new SecretBytes(Bytes.random(random, length));
  }

  /**
   * A copy of the secret, which the caller wipes after use.
   *
   * @throws IllegalStateException if closed
   */
  public synchronized byte[] reveal() {
    return open().clone();
  }

  /**
   * Lends a copy of the secret to {@code use}, wipes it afterwards, and returns the result.
   *
   * @throws IllegalStateException if closed
   */
  public <T> T use(Function<byte[], T> use) {
    byte[] copy = reveal();
    try {
      return use.apply(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /**
   * Length in bytes.
   *
   * @throws IllegalStateException if closed
   */
  public synchronized int length() {
    return open().length;
  }

  /** Whether the secret has been wiped. */
  public synchronized boolean isClosed() {
    return bytes == null;
  }

  private byte[] open() {
    if (bytes == null) {
      throw new IllegalStateException("the secret has been wiped");
    }
    return bytes;
  }

  /** Overwrites the secret; closing again does nothing. */
  @Override
  public synchronized void close() {
    if (bytes != null) {
      Arrays.fill(bytes, (byte) 0);
      bytes = null;
    }
  }

  /** Whether both hold the same bytes, compared in constant time; a wiped secret equals itself. */
  @Override
  public boolean equals(@Nullable Object other) {
    if (this == other) {
      return true;
    }
    if (!(other instanceof SecretBytes secret) || isClosed() || secret.isClosed()) {
      return false;
    }
    byte[] mine = reveal();
    byte[] theirs = secret.reveal();
    try {
      return MessageDigest.isEqual(mine, theirs);
    } finally {
      Arrays.fill(mine, (byte) 0);
      Arrays.fill(theirs, (byte) 0);
    }
  }

  /** Equal for all secrets, so that a hash never leaks into a table, a dump or a log. */
  @Override
  public int hashCode() {
    return SecretBytes.class.hashCode();
  }

  @Override
  public String toString() {
    return HIDDEN;
  }
}
