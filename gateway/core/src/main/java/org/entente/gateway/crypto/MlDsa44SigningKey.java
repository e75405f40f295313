package org.entente.gateway.crypto;

import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithContext;
import org.bouncycastle.crypto.signers.MLDSASigner;

/**
 * A private ML-DSA-44 key (FIPS 204), kept as its 32-byte seed.
 *
 * <p>Signing is the deterministic variant of pure ML-DSA. The same message gives the same bytes, so
 * signing a checkpoint again after a crash gives the same checkpoint. Immutable and safe for use by
 * many threads.
 */
public final class MlDsa44SigningKey {
  /** Length of a seed in bytes. */
  public static final int SEED_BYTES = 32;

  private static final byte[] NO_CONTEXT = {};

  private final byte[] seed;
  private final MLDSAPrivateKeyParameters expanded;
  private final MlDsa44VerifyingKey verifyingKey;

  private MlDsa44SigningKey(byte[] seed) {
    this.seed = seed;
    this.expanded = new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, seed.clone());
    this.verifyingKey = MlDsa44VerifyingKey.of(expanded.getPublicKey());
  }

  /** Makes a new key from 32 bytes drawn from {@code random}. */
  public static MlDsa44SigningKey generate(SecureRandom random) {
    return new MlDsa44SigningKey(Bytes.random(random, SEED_BYTES));
  }

  /**
   * Restores a key from its 32-byte seed, which is copied.
   *
   * @throws IllegalArgumentException if {@code seed} is not 32 bytes long
   */
  public static MlDsa44SigningKey fromSeed(byte[] seed) {
    return new MlDsa44SigningKey(Bytes.copyExactly(seed, SEED_BYTES, "ML-DSA seed"));
  }

  /** Signs {@code message} with the empty context; returns 2420 bytes. */
  public byte[] sign(byte[] message) {
    return sign(message, NO_CONTEXT);
  }

  /**
   * Signs {@code message} under {@code context} (at most 255 bytes); returns 2420 bytes.
   *
   * @throws IllegalArgumentException if the context is too long
   */
  public byte[] sign(byte[] message, byte[] context) {
    if (context.length > MlDsaVerification.MAX_CONTEXT_BYTES) {
      throw new IllegalArgumentException("ML-DSA context of " + context.length + " bytes");
    }
    MLDSASigner signer = new MLDSASigner();
    signer.init(true, new ParametersWithContext(expanded, context));
    signer.update(message, 0, message.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("ML-DSA-44 signing failed", e);
    }
  }

  /** The public half. */
  public MlDsa44VerifyingKey verifyingKey() {
    return verifyingKey;
  }

  /** A copy of the secret seed, for a keystore; the caller wipes it. */
  public byte[] seed() {
    return seed.clone();
  }

  @Override
  public String toString() {
    return SecretBytes.HIDDEN;
  }
}
