package org.entente.certsdev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.Member;

/**
 * Mints what one agency has: its CA, certificates of its gateways and clients, its signing pair and
 * its gateways' audit pairs, the private ones in each gateway's keystore.
 */
final class AgencyMint {
  /** Certificates start this much earlier, for clocks that are behind. */
  static final Duration EARLY = Duration.ofMinutes(5);

  private final FederationName federation;
  private final Path folder;
  private final Instant start;
  private final Instant end;
  private final SecureRandom random;

  /**
   * Mints for a federation.
   *
   * @param folder the federation's; an agency has a folder of its name in it
   * @param issued when the federation begins
   * @param end when everything ends
   */
  AgencyMint(
      FederationName federation, Path folder, Instant issued, Instant end, SecureRandom random) {
    this.federation = federation;
    this.folder = folder;
    this.start = issued.minus(EARLY);
    this.end = end;
    this.random = random;
  }

  /** Mints one agency, writes its files and says what the bundle is to say of it. */
  Member mint(FederationSpec.Agency agency) throws IOException {
    Path home = folder.resolve(agency.name().value());
    CertificateAuthority authority =
        CertificateAuthority.selfSigned(agency.name() + " CA", start, end, random);
    PrivateFiles.write(home.resolve("ca.crt"), Pem.encode(authority.certificate()));
    PrivateFiles.write(home.resolve("ca.key"), Pem.encode(authority.privateKey()));
    SigningPair signing = SigningPair.generate(random);
    List<AgencyKey> audit = new ArrayList<>();
    for (NodeName gateway : agency.gatewayNames()) {
      Path node = home.resolve(gateway.value());
      issue(
          authority, new SpiffeId(federation, agency.name(), SpiffeId.Kind.GATEWAY, gateway), node);
      SigningPair auditPair = SigningPair.generate(random);
      keep(node.resolve("keystore"), signing, auditPair);
      audit.add(AgencyKey.of(auditPair.verifyingPair(), start, end));
    }
    for (NodeName client : agency.clientNames()) {
      Path own = home.resolve("clients").resolve(client.value());
      issue(authority, new SpiffeId(federation, agency.name(), SpiffeId.Kind.CLIENT, client), own);
      // A client's folder is all that its machine needs.
      PrivateFiles.write(own.resolve("ca.crt"), Pem.encode(authority.certificate()));
    }
    return new Member(
        agency.name(),
        agency.jurisdiction(),
        agency.kind(),
        agency.roles(),
        List.of(published(authority.certificate())),
        List.of(AgencyKey.of(signing.verifyingPair(), start, end)),
        audit,
        agency.listening(),
        agency.transits(),
        List.of());
  }

  private void issue(CertificateAuthority authority, SpiffeId id, Path home) throws IOException {
    KeyPair keys = EcKeys.generate(random);
    List<InetAddress> loopback = List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    LeafProfile profile =
        new LeafProfile(URI.create(id.toString()), List.of("localhost"), loopback, start, end);
    X509Certificate certificate = authority.issue(keys.getPublic(), profile, random);
    PrivateFiles.write(home.resolve("tls.crt"), Pem.encode(certificate));
    PrivateFiles.write(home.resolve("tls.key"), Pem.encode(keys.getPrivate()));
  }

  /** Pairs never expire by themselves: the bundle says until when they count. */
  private void keep(Path keystoreFolder, SigningPair signing, SigningPair audit) {
    try (Keystore keystore = Keystore.open(keystoreFolder, InstantSource.fixed(start), random);
        KeyEntry agencyEntry = entry(KeyKind.AGENCY_PAIR, signing);
        KeyEntry auditEntry = entry(KeyKind.AUDIT_SIGNING, audit)) {
      keystore.put(agencyEntry);
      keystore.put(auditEntry);
    }
  }

  private KeyEntry entry(KeyKind kind, SigningPair pair) {
    return new KeyEntry(
        kind, pair.verifyingPair().id(), start, KeyEntry.NEVER, SecretBytes.takeOver(pair.seeds()));
  }

  private static AuthorityCertificate published(X509Certificate certificate) {
    try {
      return AuthorityCertificate.parse(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was issued encodes", e);
    }
  }
}
