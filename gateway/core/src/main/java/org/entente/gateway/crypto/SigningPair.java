package org.entente.gateway.crypto;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * An Ed25519 key and an ML-DSA-44 key that always sign together, so that a signature is secure
 * while either algorithm is.
 *
 * <p>Deterministic. Immutable and safe for use by many threads.
 */
public final class SigningPair {
  /** Length in bytes of the two seeds together. */
  public static final int SEEDS_BYTES = Ed25519SigningKey.SEED_BYTES + MlDsa44SigningKey.SEED_BYTES;

  private final Ed25519SigningKey ed25519;
  private final MlDsa44SigningKey mlDsa44;
  private final VerifyingPair verifyingPair;

  /** Joins two keys into a pair. */
  public SigningPair(Ed25519SigningKey ed25519, MlDsa44SigningKey mlDsa44) {
    this.ed25519 = ed25519;
    this.mlDsa44 = mlDsa44;
    this.verifyingPair = new VerifyingPair(ed25519.verifyingKey(), mlDsa44.verifyingKey());
  }

  /** Makes two new keys, independent of each other. */
  public static SigningPair generate(SecureRandom random) {
    return new SigningPair(Ed25519SigningKey.generate(random), MlDsa44SigningKey.generate(random));
  }

  /**
   * Restores a pair from the Ed25519 seed followed by the ML-DSA-44 seed (64 bytes, copied).
   *
   * @throws IllegalArgumentException if {@code seeds} is not 64 bytes long
   */
  public static SigningPair fromSeeds(byte[] seeds) {
    Bytes.requireLength(seeds, SEEDS_BYTES, "seeds of a signing pair");
    return new SigningPair(
        Ed25519SigningKey.fromSeed(Arrays.copyOf(seeds, Ed25519SigningKey.SEED_BYTES)),
        MlDsa44SigningKey.fromSeed(
            Arrays.copyOfRange(seeds, Ed25519SigningKey.SEED_BYTES, SEEDS_BYTES)));
  }

  /** Signs {@code message} with both keys. */
  public PairSignature sign(byte[] message) {
    return new PairSignature(ed25519.sign(message), mlDsa44.sign(message));
  }

  /** The Ed25519 half, for signed-note lines that carry one signature each. */
  public Ed25519SigningKey ed25519() {
    return ed25519;
  }

  /** The ML-DSA-44 half, for signed-note lines that carry one signature each. */
  public MlDsa44SigningKey mlDsa44() {
    return mlDsa44;
  }

  /** The public pair. */
  public VerifyingPair verifyingPair() {
    return verifyingPair;
  }

  /** A copy of both secret seeds, Ed25519 first (64 bytes), for a keystore; the caller wipes it. */
  public byte[] seeds() {
    return Bytes.concat(ed25519.seed(), mlDsa44.seed());
  }

  @Override
  public String toString() {
    return SecretBytes.HIDDEN;
  }
}
