package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PemTest {
  private final SecureRandom random = new SecureRandom();
  private final KeyPair keys = EcKeys.generate(random);

  @Test
  void certificates_written_readBackInOrder() throws Exception {
    List<X509Certificate> roots = List.of(root("a"), root("b"));
    String pem = Pem.encode(roots);
    assertTrue(pem.startsWith("-----BEGIN CERTIFICATE-----\n"));
    assertEquals(roots, Pem.certificates(pem));
    assertEquals(roots, Pem.certificates("a comment\n" + pem.replace("\n", "\r\n")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "Ed25519"})
  void privateKey_written_readsBack(String algorithm) throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
    PrivateKey again = Pem.privateKey(Pem.encode(key));
    assertArrayEquals(key.getEncoded(), again.getEncoded());
  }

  @Test
  void privateKey_encrypted_opensWithItsPassphraseOnly() throws Exception {
    PrivateKey key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(
          new PKCS8Generator(
              PrivateKeyInfo.getInstance(key.getEncoded()),
              new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                  .setPRF(PKCS8Generator.PRF_HMACSHA256)
                  .setProvider(new BouncyCastleProvider())
                  .setPassword("a passphrase of some length".toCharArray())
                  .build()));
    }
    String pem = text.toString();
    assertTrue(Pem.isEncryptedKey(pem));
    assertFalse(Pem.isEncryptedKey(Pem.encode(key)));
    assertArrayEquals(
        key.getEncoded(), Pem.privateKey(pem, secret("a passphrase of some length")).getEncoded());
    assertThrows(
        InvalidKeyException.class, () -> Pem.privateKey(pem, secret("another passphrase")));
    assertThrows(InvalidKeyException.class, () -> Pem.privateKey(pem));
    assertThrows(
        InvalidKeyException.class,
        () -> Pem.privateKey(pem.replace('M', 'N'), secret("a passphrase of some length")));
  }

  private static SecretBytes secret(String text) {
    return SecretBytes.takeOver(text.getBytes(UTF_8));
  }

  @Test
  void certificates_otherContent_isRefusedByName() {
    String key = Pem.encode(keys.getPrivate());
    CertificateException refused =
        assertThrows(CertificateException.class, () -> Pem.certificates(key));
    String message = String.valueOf(refused.getMessage());
    assertEquals("found a PRIVATE KEY block; expected CERTIFICATE", message);
    assertThrows(CertificateException.class, () -> Pem.certificates(""));
    assertThrows(CertificateException.class, () -> Pem.certificates("no PEM at all"));
    String root = Pem.encode(root("a"));
    String unfinished = root.substring(0, root.length() / 2);
    assertThrows(CertificateException.class, () -> Pem.certificates(unfinished));
    String badBase64 = root.replace("\nMI", "\n!!");
    assertThrows(CertificateException.class, () -> Pem.certificates(badBase64));
  }

  @Test
  void privateKey_otherContent_isRefusedWithoutShowingIt() {
    String sec1 = block("EC PRIVATE KEY", new byte[40]);
    InvalidKeyException refused =
        assertThrows(InvalidKeyException.class, () -> Pem.privateKey(sec1));
    assertTrue(String.valueOf(refused.getMessage()).contains("openssl pkcs8 -topk8"));
    String two = Pem.encode(keys.getPrivate()) + Pem.encode(keys.getPrivate());
    assertThrows(InvalidKeyException.class, () -> Pem.privateKey(two));
    assertThrows(InvalidKeyException.class, () -> Pem.privateKey(""));
  }

  @Test
  void privateKey_damagedAnywhere_isRefusedOrAnotherKey() {
    byte[] der = keys.getPrivate().getEncoded();
    Random choice = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = der.clone();
      damaged[choice.nextInt(damaged.length)] ^= (byte) (1 + choice.nextInt(255));
      String pem = block("PRIVATE KEY", damaged);
      try {
        Pem.privateKey(pem);
      } catch (InvalidKeyException e) {
        String message = String.valueOf(e.getMessage());
        assertFalse(message.contains(Base64.getEncoder().encodeToString(der)));
      }
    }
    for (int length = 0; length < der.length; length++) {
      String pem = block("PRIVATE KEY", Arrays.copyOf(der, length));
      assertThrows(InvalidKeyException.class, () -> Pem.privateKey(pem), "length " + length);
    }
  }

  private X509Certificate root(String name) {
    Instant now = Instant.parse("2026-05-01T10:00:00Z");
    return CertificateAuthority.selfSigned(name, now, now.plus(Duration.ofDays(1)), random)
        .certificate();
  }

  private static String block(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(UTF_8)).encodeToString(content);
    return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
  }
}
