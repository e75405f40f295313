package org.entente.gateway.seal.statement;

import java.util.Arrays;
import java.util.Optional;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.FieldWriter;
import org.jspecify.annotations.Nullable;

/**
 * Epoch of a session. If the epoch is new to the recipient, it carries the recipient's nonce, which
 * proves that the announcement is fresh. Immutable; compares by value.
 */
public final class EpochOpening {
  /** Length of a nonce in bytes. */
  public static final int NONCE_BYTES = 32;

  private static final int NONCE = 1;

  private final long epoch;
  private final byte @Nullable [] nonce;

  private EpochOpening(long epoch, byte @Nullable [] nonce) {
    if (epoch < 1) {
      throw new IllegalArgumentException("epoch " + epoch);
    }
    this.epoch = epoch;
    this.nonce = nonce;
  }

  /** An epoch, from 1, without a nonce. */
  public static EpochOpening of(long epoch) {
    return new EpochOpening(epoch, null);
  }

  /**
   * An epoch, from 1, opened in answer to a recipient's nonce of 32 bytes, which is copied.
   *
   * @throws IllegalArgumentException if the nonce has another length
   */
  public static EpochOpening answering(long epoch, byte[] nonce) {
    if (nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException("a nonce of " + nonce.length + " bytes");
    }
    return new EpochOpening(epoch, nonce.clone());
  }

  static EpochOpening read(FieldReader in) {
    long epoch = in.number(1);
    int flags = in.u8();
    in.require(flags <= NONCE);
    return new EpochOpening(epoch, flags == NONCE ? in.fixed(NONCE_BYTES) : null);
  }

  void write(FieldWriter out) {
    out.u64(epoch).u8(nonce == null ? 0 : NONCE);
    if (nonce != null) {
      out.fixed(nonce);
    }
  }

  /** The epoch, from 1. */
  public long epoch() {
    return epoch;
  }

  /** A copy of the nonce. */
  public Optional<byte[]> nonce() {
    return nonce == null ? Optional.empty() : Optional.of(nonce.clone());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof EpochOpening that
        && epoch == that.epoch
        && Arrays.equals(nonce, that.nonce);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(epoch) + Arrays.hashCode(nonce);
  }

  @Override
  public String toString() {
    return "epoch " + epoch;
  }
}
