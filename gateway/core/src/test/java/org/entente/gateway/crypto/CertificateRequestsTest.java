package org.entente.gateway.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringWriter;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;

final class CertificateRequestsTest {
  private final KeyPair keys = EcKeys.generate(new SecureRandom());

  private static byte[] request(KeyPair asked, PrivateKey signer, String algorithm)
      throws Exception {
    return new JcaPKCS10CertificationRequestBuilder(
            new X500Name("CN=anything at all"), asked.getPublic())
        .build(new JcaContentSignerBuilder(algorithm).build(signer))
        .getEncoded();
  }

  private static String pem(String type, byte[] content) throws Exception {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, content));
    }
    return text.toString();
  }

  private static void assertRefused(String why, String pem) {
    String told =
        String.valueOf(
            assertThrows(CertificateException.class, () -> CertificateRequests.key(pem))
                .getMessage());
    assertTrue(told.contains(why), told);
  }

  @Test
  void request_signedWithItsKey_yieldsThat() throws Exception {
    byte[] request = request(keys, keys.getPrivate(), "SHA256withECDSA");
    assertEquals(keys.getPublic(), CertificateRequests.key(pem("CERTIFICATE REQUEST", request)));
  }

  /** Without the proof, one client could obtain a certificate for another's key. */
  @Test
  void request_signedWithAnotherKey_refused() throws Exception {
    KeyPair other = EcKeys.generate(new SecureRandom());
    assertRefused(
        "not signed with its own key",
        pem("CERTIFICATE REQUEST", request(keys, other.getPrivate(), "SHA256withECDSA")));
    byte[] changed = request(keys, keys.getPrivate(), "SHA256withECDSA");
    changed[20] ^= 1;
    assertThrows(
        CertificateException.class,
        () -> CertificateRequests.key(pem("CERTIFICATE REQUEST", changed)));
  }

  @Test
  void request_forAKeyThatIsNotOnP256_refused() throws Exception {
    KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
    p384.initialize(new ECGenParameterSpec("secp384r1"));
    KeyPair large = p384.generateKeyPair();
    assertRefused(
        "not on P-256",
        pem("CERTIFICATE REQUEST", request(large, large.getPrivate(), "SHA384withECDSA")));
    KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    assertRefused(
        "not on P-256",
        pem("CERTIFICATE REQUEST", request(rsa, rsa.getPrivate(), "SHA256withRSA")));
  }

  @Test
  void text_thatIsNoRequest_refused() throws Exception {
    assertRefused("no CERTIFICATE REQUEST block", "");
    assertRefused("found a PRIVATE KEY block", Pem.encode(keys.getPrivate()));
    assertThrows(
        CertificateException.class,
        () -> CertificateRequests.key(pem("CERTIFICATE REQUEST", new byte[] {1, 2, 3})));
    String twice = pem("CERTIFICATE REQUEST", request(keys, keys.getPrivate(), "SHA256withECDSA"));
    assertRefused("2 certificate requests", twice + twice);
  }
}
