package org.entente.gateway.ceremony;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.FileErrorText;
import org.jspecify.annotations.Nullable;

/**
 * An agency's CA, with which it issues certificates for its clients and gateways. Every failure is
 * a {@link CeremonyProblem}.
 */
public final class AgencyIssuer {
  private static final int LARGEST = 1 << 16;

  /** Types of alternative names (RFC 5280, section 4.2.1.6). */
  private static final Integer DNS_NAME = 2;

  private static final Integer IP_ADDRESS = 7;

  /** How much earlier certificates become valid, for clocks that are behind. */
  private static final Duration EARLY = Duration.ofMinutes(5);

  private final CertificateAuthority authority;
  private final SecureRandom random;

  private AgencyIssuer(CertificateAuthority authority, SecureRandom random) {
    this.authority = authority;
    this.random = random;
  }

  /**
   * Reads {@code ca.crt} and {@code ca.key} in a folder, as {@code entente init} makes them.
   *
   * @param passphrase opens the key if it is encrypted; closed by the caller; may be null
   */
  public static AgencyIssuer open(
      Path folder, @Nullable SecretBytes passphrase, SecureRandom random) {
    Path certificate = folder.resolve("ca.crt");
    Path key = folder.resolve("ca.key");
    try {
      X509Certificate root = Pem.certificates(text(certificate)).get(0);
      requireOwnersAlone(key);
      return new AgencyIssuer(CertificateAuthority.of(root, key(key, passphrase)), random);
    } catch (IOException e) {
      throw new CeremonyProblem(key + " cannot be read: " + FileErrorText.words(e), e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new CeremonyProblem("the CA in " + folder + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Makes an authority of an agency, and writes {@code ca.crt} and {@code ca.key} into a folder.
   *
   * @param name subject of its certificate
   * @param passphrase encrypts the key; closed by the caller; null leaves it unencrypted
   */
  public static CertificateAuthority found(
      Path folder,
      String name,
      CertificateValidity validity,
      @Nullable SecretBytes passphrase,
      SecureRandom random)
      throws IOException {
    CertificateAuthority authority =
        CertificateAuthority.selfSigned(name, validity.from(), validity.until(), random);
    PrivateKey key = authority.privateKey();
    PrivateFiles.write(folder.resolve("ca.crt"), Pem.encode(authority.certificate()));
    PrivateFiles.write(
        folder.resolve("ca.key"),
        passphrase == null ? Pem.encode(key) : Pem.encode(key, passphrase, random));
    return authority;
  }

  private static String text(Path file) {
    return new String(CeremonyFiles.bytes(file, LARGEST), StandardCharsets.UTF_8);
  }

  private static PrivateKey key(Path file, @Nullable SecretBytes passphrase)
      throws GeneralSecurityException {
    String pem = text(file);
    if (!Pem.isEncryptedKey(pem)) {
      return Pem.privateKey(pem);
    }
    if (passphrase == null) {
      throw new CeremonyProblem(file + " is encrypted: name the passphrase with --passphrase-file");
    }
    return Pem.privateKey(pem, passphrase);
  }

  /** A thief of the key can pose as every client and gateway of the agency. */
  private static void requireOwnersAlone(Path key) throws IOException {
    if (Files.exists(key)
        && Files.getPosixFilePermissions(key).stream()
            .anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
      throw new CeremonyProblem(
          key + " can be used by others than its owner; take their rights away");
    }
  }

  /**
   * Issues a client's certificate, valid from now on, at most as long as the CA.
   *
   * @param key the client's
   */
  public X509Certificate issue(SpiffeId client, PublicKey key, Instant now, Duration validity) {
    URI identity = URI.create(client.toString());
    return issue((from, until) -> LeafProfile.ofClient(identity, from, until), key, now, validity);
  }

  /**
   * Issues the next certificate of a gateway: the identity and the names of the present one, for
   * another key, valid from now on, at most as long as the CA.
   *
   * @param present a certificate with a SPIFFE ID
   * @param key the gateway's next one
   */
  public X509Certificate reissue(
      X509Certificate present, PublicKey key, Instant now, Duration validity) {
    List<String> names = new ArrayList<>();
    List<InetAddress> addresses = new ArrayList<>();
    URI identity =
        Certificates.spiffeId(present)
            .orElseThrow(() -> new CeremonyProblem("the present certificate has no SPIFFE ID"));
    try {
      Collection<List<?>> all = present.getSubjectAlternativeNames();
      for (List<?> one : all == null ? List.<List<?>>of() : all) {
        String text = String.valueOf(one.get(1));
        if (DNS_NAME.equals(one.get(0))) {
          names.add(text);
        } else if (IP_ADDRESS.equals(one.get(0))) {
          // The text is an IP address, so this causes no DNS lookup.
          addresses.add(InetAddress.getByName(text));
        }
      }
    } catch (CertificateParsingException | UnknownHostException e) {
      throw new CeremonyProblem("the present certificate cannot be read: " + e.getMessage(), e);
    }
    return issue(
        (from, until) -> LeafProfile.ofGateway(identity, names, addresses, from, until),
        key,
        now,
        validity);
  }

  private X509Certificate issue(
      BiFunction<Instant, Instant, LeafProfile> profile,
      PublicKey key,
      Instant now,
      Duration validity) {
    Instant end = authority.certificate().getNotAfter().toInstant();
    Instant until = now.plus(validity);
    if (!end.isAfter(now)) {
      throw new CeremonyProblem(
          "the CA ended on " + end + "; make the next with `entente tls next-ca`");
    }
    try {
      return authority.issue(
          key, profile.apply(now.minus(EARLY), until.isAfter(end) ? end : until), random);
    } catch (IllegalArgumentException e) {
      throw new CeremonyProblem("no certificate was issued: " + e.getMessage(), e);
    }
  }

  /** The CA's own certificate, by which a client knows its gateway. */
  public X509Certificate certificate() {
    return authority.certificate();
  }
}
