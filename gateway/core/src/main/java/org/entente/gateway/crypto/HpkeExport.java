package org.entente.gateway.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * HPKE (RFC 9180) in base mode, used for its exporter only: a secret shared by a sender and one
 * recipient. X-Wing (KEM 0x647a), HKDF-SHA256 (0x0001), AES-256-GCM (0x0002).
 *
 * <p>Base mode does not authenticate the sender, who must sign the {@code enc}. ML-KEM answers a
 * forged {@code enc} with a random secret rather than an error, so a recipient notices the forgery
 * only when a ciphertext under the secret does not open. Stateless and safe for use by many
 * threads.
 */
public final class HpkeExport {
  /** Length of the encapsulated key in bytes. */
  public static final int ENC_BYTES = 1120;

  /** Greatest length of an exported secret in bytes. */
  public static final int MAX_EXPORT_BYTES = 255 * 32;

  private static final int ENCAPSULATION_SEED_BYTES = 64;
  private static final int ML_KEM_CIPHERTEXT_BYTES = 1088;

  private HpkeExport() {}

  /** Sets up a secret with {@code recipient}, bound to {@code info}, from 64 random bytes. */
  public static Sender toRecipient(XWingPublicKey recipient, byte[] info, SecureRandom random) {
    byte[] seed = Bytes.random(random, ENCAPSULATION_SEED_BYTES);
    try {
      return toRecipient(suite1(), recipient, info, seed);
    } finally {
      Arrays.fill(seed, (byte) 0);
    }
  }

  static Sender toRecipient(HPKE suite, XWingPublicKey recipient, byte[] info, byte[] seed) {
    return new Sender(suite.setupBaseS(recipient.parameters(), info, seed));
  }

  /**
   * Recovers one exported secret at the recipient.
   *
   * <p>The length of {@code enc} is checked before the key is used. Any other fault has one
   * outcome: empty, or a secret that opens nothing.
   *
   * @param length of the secret in bytes, 1 to 8160
   * @throws IllegalArgumentException if {@code length} is out of range
   * @throws IllegalStateException if {@code recipient} is closed
   */
  public static Optional<SecretBytes> fromSender(
      XWingPrivateKey recipient, byte[] enc, byte[] info, byte[] context, int length) {
    return fromSender(suite1(), recipient, enc, info, context, length);
  }

  static Optional<SecretBytes> fromSender(
      HPKE suite, XWingPrivateKey recipient, byte[] enc, byte[] info, byte[] context, int length) {
    requireExportable(length);
    if (enc.length != ENC_BYTES
        || X25519Point.isLowOrder(Arrays.copyOfRange(enc, ML_KEM_CIPHERTEXT_BYTES, ENC_BYTES))) {
      return Optional.empty();
    }
    byte[] exported =
        suite.setupBaseR(enc.clone(), recipient.keyPair(), info).export(context, length);
    return Optional.of(SecretBytes.takeOver(exported));
  }

  private static void requireExportable(int length) {
    if (length < 1 || length > MAX_EXPORT_BYTES) {
      throw new IllegalArgumentException("HPKE cannot export " + length + " bytes");
    }
  }

  private static HPKE suite1() {
    return suite(HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /** The suite of X-Wing with another KDF or AEAD that has official test vectors. */
  static HPKE suite(short kdf, short aead) {
    return new HPKE(HPKE.mode_base, HPKE.kem_X_WING, kdf, aead);
  }

  /**
   * The sender's side: the encapsulated key to send and the secrets shared through it.
   *
   * <p>Safe for use by many threads. Secrets stay in memory until the object is unreachable.
   */
  public static final class Sender {
    private final HPKEContextWithEncapsulation context;
    private final byte[] enc;

    private Sender(HPKEContextWithEncapsulation context) {
      this.context = context;
      this.enc = context.getEncapsulation();
    }

    /** A copy of the encapsulated key, 1120 bytes, which the recipient needs. */
    public byte[] enc() {
      return enc.clone();
    }

    /**
     * The secret for {@code exporterContext}, the same as the recipient's.
     *
     * @param length of the secret in bytes, 1 to 8160
     * @throws IllegalArgumentException if {@code length} is out of range
     */
    public SecretBytes export(byte[] exporterContext, int length) {
      requireExportable(length);
      synchronized (context) {
        return SecretBytes.takeOver(context.export(exporterContext, length));
      }
    }

    @Override
    public String toString() {
      return SecretBytes.HIDDEN;
    }
  }
}
