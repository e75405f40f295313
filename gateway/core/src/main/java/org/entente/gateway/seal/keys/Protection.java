package org.entente.gateway.seal.keys;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import org.entente.gateway.crypto.Aes256Gcm;
import org.entente.gateway.crypto.Scrypt;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeystoreFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Protection of the day keys on disk: none, or a passphrase, without which nothing in the folder
 * opens. scrypt (RFC 7914) derives a key from the passphrase once per opening. AES-256-GCM seals
 * the file under it with a new random nonce at each write.
 *
 * <pre>
 *  0       4         5       6   7   8      24      36
 *  +-------+---------+-------+---+---+------+-------+--- - - - ---+-----+----------------+
 *  | magic | version | log N | r | p | salt | nonce | file {@code days} | tag | SHA-256 of all |
 *  +-------+---------+-------+---+---+------+-------+--- - - - ---+-----+----------------+
 * </pre>
 *
 * Magic {@code ENKP}, version 1. The bytes before the nonce are authenticated as well. The hash
 * tells damage from a wrong passphrase. Confined to its keystore's lock.
 */
final class Protection implements AutoCloseable {
  private static final int MAGIC = 0x454e4b50;
  private static final int VERSION = 1;
  private static final int SALT_BYTES = 16;
  private static final int HEADER_BYTES = 8 + SALT_BYTES;
  private static final int NONCE_AT = HEADER_BYTES;
  private static final int SEALED_AT = NONCE_AT + Aes256Gcm.NONCE_BYTES;

  private final @Nullable SecretBytes passphrase;
  private final SecureRandom random;
  private byte[] header = {};
  private @Nullable SecretBytes key;

  private Protection(@Nullable SecretBytes passphrase, SecureRandom random) {
    this.passphrase = passphrase;
    this.random = random;
  }

  /**
   * Protection by a passphrase, which is copied; none if it is null.
   *
   * @param passphrase UTF-8
   */
  static Protection by(@Nullable SecretBytes passphrase, SecureRandom random) {
    return new Protection(
        passphrase == null ? null : SecretBytes.takeOver(passphrase.reveal()), random);
  }

  static boolean isProtected(byte[] file) {
    return file.length >= 4 && ByteBuffer.wrap(file).getInt() == MAGIC;
  }

  /** Whether a file on disk has this kind of protection. */
  boolean holds(byte[] file) {
    return isProtected(file) == (passphrase != null);
  }

  /** The protected file for the disk; the caller wipes {@code plain}. */
  byte[] protect(byte[] plain) {
    if (passphrase == null) {
      return plain.clone();
    }
    SecretBytes sealing = key;
    if (sealing == null) {
      header = freshHeader();
      sealing = derive(passphrase, header, Scrypt.Cost.DEFAULT);
      key = sealing;
    }
    byte[] nonce = random(Aes256Gcm.NONCE_BYTES);
    byte[] sealed = sealing.use(k -> Aes256Gcm.seal(k, nonce, header, plain));
    int length = SEALED_AT + sealed.length;
    ByteBuffer out = ByteBuffer.allocate(length + Sha256.HASH_BYTES);
    out.put(header).put(nonce).put(sealed);
    return out.put(new Sha256().update(out.array(), 0, length).digest()).array();
  }

  /**
   * The plain content of a file on disk; the caller wipes both.
   *
   * @throws KeystoreFailure if it is damaged, or the passphrase is missing or wrong
   */
  byte[] unprotect(byte[] file) {
    if (!isProtected(file)) {
      return file.clone();
    }
    int content = file.length - Sha256.HASH_BYTES;
    if (content < SEALED_AT + Aes256Gcm.TAG_BYTES || !hashFits(file, content)) {
      throw new KeystoreFailure(
          Kind.DAMAGED,
          "the keystore's file " + KeyFile.DAYS + " is damaged: its hash does not match");
    }
    ByteBuffer in = ByteBuffer.wrap(file, 4, content - 4);
    int version = in.get() & 0xff;
    Scrypt.Cost cost = new Scrypt.Cost(in.get() & 0xff, in.get() & 0xff, in.get() & 0xff);
    if (version != VERSION || !cost.isBearable()) {
      throw new KeystoreFailure(
          Kind.NEWER_FORMAT, "the keystore has a protection that this release does not know");
    }
    if (passphrase == null) {
      throw new KeystoreFailure(
          Kind.PASSPHRASE, "the keystore needs a passphrase, and none was given");
    }
    header = Arrays.copyOf(file, HEADER_BYTES);
    byte[] nonce = Arrays.copyOfRange(file, NONCE_AT, SEALED_AT);
    byte[] sealed = Arrays.copyOfRange(file, SEALED_AT, content);
    SecretBytes opening = derive(passphrase, header, cost);
    key = opening;
    return opening
        .use(k -> Aes256Gcm.open(k, nonce, header, sealed))
        .orElseThrow(
            () -> new KeystoreFailure(Kind.PASSPHRASE, "the passphrase of the keystore is wrong"));
  }

  private static boolean hashFits(byte[] file, int content) {
    byte[] hash = new Sha256().update(file, 0, content).digest();
    return Arrays.equals(hash, 0, hash.length, file, content, file.length);
  }

  private byte[] freshHeader() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(MAGIC)
        .put((byte) VERSION)
        .put((byte) Scrypt.Cost.DEFAULT.logN())
        .put((byte) Scrypt.Cost.DEFAULT.r())
        .put((byte) Scrypt.Cost.DEFAULT.p())
        .put(random(SALT_BYTES))
        .array();
  }

  private byte[] random(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  private static SecretBytes derive(SecretBytes passphrase, byte[] header, Scrypt.Cost cost) {
    byte[] salt = Arrays.copyOfRange(header, HEADER_BYTES - SALT_BYTES, HEADER_BYTES);
    return Scrypt.derive(passphrase, salt, cost, Aes256Gcm.KEY_BYTES);
  }

  @Override
  public void close() {
    if (passphrase != null) {
      passphrase.close();
    }
    if (key != null) {
      key.close();
    }
  }
}
