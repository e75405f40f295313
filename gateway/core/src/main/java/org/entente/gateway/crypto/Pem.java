package org.entente.gateway.crypto;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfoBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Textual encodings of certificates, requests and private keys (RFC 7468). Stateless and safe for
 * use by many threads.
 *
 * <p>A text holds blocks of the one expected kind. Other content is refused; the message names the
 * kind found, never its content. Private keys are PKCS#8 (RFC 5958), encrypted or not: keep them in
 * files that only the gateway can read.
 */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final int ROUNDS = 600_000;
  private static final String ENCRYPTED_PRIVATE_KEY = "ENCRYPTED PRIVATE KEY";

  private Pem() {}

  /**
   * Reads one or more certificates, in their order.
   *
   * @throws CertificateException if there is none, or a block is something else or malformed
   */
  public static List<X509Certificate> certificates(String pem) throws CertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (byte[] block : blocks(pem, CERTIFICATE)) {
        certificates.add(Certificates.parse(block));
      }
    } catch (IOException e) {
      throw new CertificateException(e.getMessage(), e);
    }
    return List.copyOf(certificates);
  }

  /** Whether a text is an encrypted private key, which needs a passphrase. */
  public static boolean isEncryptedKey(String pem) {
    return pem.contains("-----BEGIN " + ENCRYPTED_PRIVATE_KEY + "-----");
  }

  /**
   * Reads one encrypted private key (PKCS#8 {@code EncryptedPrivateKeyInfo} under PBES2, as {@code
   * openssl pkcs8 -topk8} writes it).
   *
   * @param passphrase UTF-8, of ASCII characters
   * @throws InvalidKeyException also if the passphrase is wrong
   */
  public static PrivateKey privateKey(String pem, SecretBytes passphrase)
      throws InvalidKeyException {
    char[] characters =
        passphrase.use(bytes -> new String(bytes, StandardCharsets.UTF_8).toCharArray());
    try {
      List<byte[]> blocks = blocks(pem, ENCRYPTED_PRIVATE_KEY);
      if (blocks.size() != 1) {
        throw new InvalidKeyException(blocks.size() + " private keys; expected one");
      }
      byte[] plain =
          new PKCS8EncryptedPrivateKeyInfo(blocks.get(0))
              .decryptPrivateKeyInfo(
                  new JceOpenSSLPKCS8DecryptorProviderBuilder()
                      .setProvider(new BouncyCastleProvider())
                      .build(characters))
              .getEncoded();
      return privateKey(plain);
    } catch (IOException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    } catch (PKCSException | OperatorCreationException e) {
      throw new InvalidKeyException("the passphrase is wrong, or the key is malformed");
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  /**
   * Reads one private key: EC, RSA or Ed25519.
   *
   * @throws InvalidKeyException unless there is exactly one, well-formed and of these kinds
   */
  public static PrivateKey privateKey(String pem) throws InvalidKeyException {
    try {
      List<byte[]> blocks = blocks(pem, PRIVATE_KEY);
      if (blocks.size() != 1) {
        throw new InvalidKeyException(blocks.size() + " private keys; expected one");
      }
      return privateKey(blocks.get(0));
    } catch (IOException e) {
      throw new InvalidKeyException(e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(byte[] block) throws InvalidKeyException {
    try {
      return KeyFactory.getInstance(keyAlgorithm(block))
          .generatePrivate(new PKCS8EncodedKeySpec(block));
    } catch (InvalidKeyException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      // The library's message may show the key.
      throw new InvalidKeyException("malformed private key");
    } finally {
      Arrays.fill(block, (byte) 0);
    }
  }

  /** Writes certificates, in their order. */
  public static String encode(List<X509Certificate> certificates) {
    StringBuilder pem = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      pem.append(encode(certificate));
    }
    return pem.toString();
  }

  /** Writes one certificate. */
  public static String encode(X509Certificate certificate) {
    try {
      return encode(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("certificate without an encoding", e);
    }
  }

  /**
   * Writes a private key, unencrypted: the text is a secret.
   *
   * @throws IllegalArgumentException if the key cannot be exported, such as one in hardware
   */
  public static String encode(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      throw new IllegalArgumentException("the key cannot be exported");
    }
    try {
      return encode(PRIVATE_KEY, encoded);
    } finally {
      Arrays.fill(encoded, (byte) 0);
    }
  }

  /**
   * Writes a private key encrypted: PBES2 with AES-256-CBC under PBKDF2 (HMAC-SHA-256, 600,000
   * rounds), as {@code openssl pkcs8} reads it.
   *
   * @param passphrase UTF-8, of ASCII characters
   * @throws IllegalArgumentException if the key cannot be exported, such as one in hardware
   */
  public static String encode(PrivateKey key, SecretBytes passphrase, SecureRandom random) {
    char[] characters =
        passphrase.use(bytes -> new String(bytes, StandardCharsets.UTF_8).toCharArray());
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      throw new IllegalArgumentException("the key cannot be exported");
    }
    try {
      OutputEncryptor encryptor =
          new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
              .setProvider(new BouncyCastleProvider())
              .setRandom(random)
              .setPRF(PKCS8Generator.PRF_HMACSHA256)
              .setIterationCount(ROUNDS)
              .setPassword(characters)
              .build();
      return encode(
          ENCRYPTED_PRIVATE_KEY,
          new PKCS8EncryptedPrivateKeyInfoBuilder(PrivateKeyInfo.getInstance(encoded))
              .build(encryptor)
              .getEncoded());
    } catch (OperatorCreationException | IOException e) {
      throw new IllegalStateException("every platform has AES and HMAC", e);
    } finally {
      Arrays.fill(encoded, (byte) 0);
      Arrays.fill(characters, '\0');
    }
  }

  private static String encode(String type, byte[] content) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return text.toString();
  }

  static List<byte[]> blocks(String pem, String type) throws IOException {
    List<byte[]> blocks = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        requireType(type, block.getType());
        blocks.add(block.getContent());
      }
    } catch (IllegalArgumentException | IllegalStateException e) {
      // The library throws this for bad Base64 and for a block without an end.
      throw new IOException("malformed PEM", e);
    }
    if (blocks.isEmpty()) {
      throw new IOException("no " + type + " block");
    }
    return blocks;
  }

  private static void requireType(String expected, String actual) throws IOException {
    if (actual.equals(expected)) {
      return;
    }
    String hint =
        actual.endsWith(PRIVATE_KEY) && expected.equals(PRIVATE_KEY)
            ? "; convert it to PKCS#8 with: openssl pkcs8 -topk8 -nocrypt"
            : "";
    throw new IOException("found a " + actual + " block; expected " + expected + hint);
  }

  private static String keyAlgorithm(byte[] pkcs8) throws InvalidKeyException {
    ASN1ObjectIdentifier algorithm;
    try {
      algorithm = PrivateKeyInfo.getInstance(pkcs8).getPrivateKeyAlgorithm().getAlgorithm();
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw new InvalidKeyException("malformed private key");
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return "EC";
    } else if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return "RSA";
    } else if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
      return "Ed25519";
    }
    throw new InvalidKeyException("private key of unknown algorithm " + algorithm);
  }
}
