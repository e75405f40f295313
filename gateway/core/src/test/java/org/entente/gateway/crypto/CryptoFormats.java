package org.entente.gateway.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.testkit.Formats;

/** Keys, signatures, sealed bytes and certificates as they come from outside. */
public final class CryptoFormats {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] KEY = new byte[ChunkedEncryption.KEY_BYTES];
  private static final byte[] CONTEXT = "fuzz".getBytes(US_ASCII);
  private static final byte[] PLAIN = "one plaintext".getBytes(US_ASCII);
  private static final URI ID = URI.create("spiffe://demo.example/agency/fr.customs/gateway/a");

  private CryptoFormats() {}

  /** All of them. */
  public static Formats all() {
    SigningPair pair = SigningPair.fromSeeds(new byte[SigningPair.SEEDS_BYTES]);
    return new Formats("crypto")
        .with(
            "xwing-key",
            Formats.same(bytes -> XWingPublicKey.parse(bytes).map(XWingPublicKey::encoded)),
            () -> List.of(XWingPrivateKey.fromSeed(new byte[32]).publicKey().encoded()))
        .with(
            "verifying-pair",
            Formats.same(bytes -> VerifyingPair.parse(bytes).map(VerifyingPair::encoded)),
            () -> List.of(pair.verifyingPair().encoded()))
        .with(
            "pair-signature",
            Formats.same(bytes -> PairSignature.parse(bytes).map(PairSignature::encoded)),
            () -> List.of(pair.sign(PLAIN).encoded()))
        .with("chunked", CryptoFormats::opens, () -> List.of(sealed()))
        .with("certificate", CryptoFormats::certificate, CryptoFormats::certificates)
        .with("pem", CryptoFormats::pem, CryptoFormats::pems);
  }

  /** Opens under the key to what was sealed under it, and to nothing else. */
  private static boolean opens(byte[] bytes) {
    Optional<byte[]> opened = ChunkedEncryption.open(KEY, CONTEXT, bytes);
    opened.ifPresent(plain -> assertArrayEquals(PLAIN, plain, "a message that nobody sealed"));
    return opened.isPresent();
  }

  private static byte[] sealed() {
    return ChunkedEncryption.seal(KEY, CONTEXT, PLAIN, new byte[ChunkedEncryption.SALT_BYTES]);
  }

  private static boolean certificate(byte[] der) {
    try {
      var certificate = Certificates.parse(der);
      assertArrayEquals(der, certificate.getEncoded(), "not the same bytes again");
      Certificates.spiffeId(certificate);
      return true;
    } catch (CertificateException refused) {
      return false;
    }
  }

  private static CertificateAuthority authority() {
    Instant from = Instant.parse("2026-03-01T08:00:00Z");
    return CertificateAuthority.selfSigned("fr.customs CA", from, from.plusSeconds(3600), RANDOM);
  }

  private static List<byte[]> certificates() {
    Instant from = Instant.parse("2026-03-01T08:00:00Z");
    CertificateAuthority authority = authority();
    LeafProfile profile =
        LeafProfile.ofGateway(ID, List.of("localhost"), List.of(), from, from.plusSeconds(60));
    KeyPair keys = EcKeys.generate(RANDOM);
    try {
      return List.of(
          authority.certificate().getEncoded(),
          authority.issue(keys.getPublic(), profile, RANDOM).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The operator's files: not one form only, but read or refused as declared. */
  private static boolean pem(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    boolean taken = Pem.isEncryptedKey(text);
    try {
      taken |= !Pem.certificates(text).isEmpty();
    } catch (CertificateException refused) {
      taken |= false;
    }
    try {
      taken |= Pem.privateKey(text).getEncoded().length > 0;
    } catch (InvalidKeyException refused) {
      taken |= false;
    }
    return taken;
  }

  private static List<byte[]> pems() {
    return Arrays.asList(
        Pem.encode(authority().certificate()).getBytes(US_ASCII),
        Pem.encode(EcKeys.generate(RANDOM).getPrivate()).getBytes(US_ASCII));
  }
}
