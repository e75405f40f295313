package org.entente.gateway.ceremony;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AuthorityCertificate;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.Member;
import org.jspecify.annotations.Nullable;

/**
 * Creates the keys and certificates of one agency in its own folder:
 *
 * <pre>
 * ca.crt, ca.key               the agency's CA (EC P-256)
 * GATEWAY/tls.crt, tls.key     server and client certificate of a gateway
 * GATEWAY/keystore/            the agency's signing pair and the gateway's audit pair, by id
 * clients/CLIENT/tls.crt, tls.key, ca.crt
 * </pre>
 *
 * <p>Files have mode 0600, folders 0700. Under a passphrase the keystores, {@code ca.key} and the
 * gateways' {@code tls.key} are encrypted; the clients' keys are not, since each goes to its own
 * machine.
 */
public final class AgencySetup {
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-f:.]*:[0-9a-f:.]*");

  private final AgencyPlan plan;
  private final Path home;
  private final @Nullable SecretBytes passphrase;
  private final SecureRandom random;

  /**
   * Prepares the setup of an agency.
   *
   * @param home its folder
   * @param passphrase closed by the caller; null leaves all files unencrypted
   */
  public AgencySetup(
      AgencyPlan plan, Path home, @Nullable SecretBytes passphrase, SecureRandom random) {
    this.plan = plan;
    this.home = home;
    this.passphrase = passphrase;
    this.random = random;
  }

  /** Creates everything and returns the agency's entry for the trust bundle. */
  public SetupResult found() throws IOException {
    CertificateAuthority authority =
        AgencyIssuer.found(
            home,
            plan.name() + " CA",
            new CertificateValidity(plan.from(), plan.until()),
            passphrase,
            random);
    SigningPair signing = SigningPair.generate(random);
    AgencyKey signingKey = published(signing);
    Map<String, SigningPair> pairs = new HashMap<>(Map.of(signingKey.id(), signing));
    List<AgencyKey> audit = new ArrayList<>();
    for (NodeName gateway : plan.gateways()) {
      Path node = home.resolve(gateway.value());
      KeyPair keys = EcKeys.generate(random);
      issue(authority, gatewayProfile(identity(SpiffeId.Kind.GATEWAY, gateway)), keys, node);
      PrivateFiles.write(node.resolve("tls.key"), pem(keys.getPrivate()));
      SigningPair auditPair = SigningPair.generate(random);
      keep(node.resolve("keystore"), signing, auditPair);
      AgencyKey auditKey = published(auditPair);
      pairs.put(auditKey.id(), auditPair);
      audit.add(auditKey);
    }
    for (NodeName client : plan.clients()) {
      Path own = home.resolve("clients").resolve(client.value());
      KeyPair keys = EcKeys.generate(random);
      URI identity = identity(SpiffeId.Kind.CLIENT, client);
      issue(authority, LeafProfile.ofClient(identity, plan.from(), plan.until()), keys, own);
      PrivateFiles.write(own.resolve("tls.key"), Pem.encode(keys.getPrivate()));
      // A client's folder is all that its machine needs.
      PrivateFiles.write(own.resolve("ca.crt"), Pem.encode(authority.certificate()));
    }
    Member member =
        new Member(
            plan.name(),
            plan.jurisdiction(),
            plan.kind(),
            plan.roles(),
            List.of(published(authority.certificate())),
            List.of(signingKey),
            audit,
            plan.endpoints(),
            plan.via(),
            List.of());
    return new SetupResult(member, pairs);
  }

  /**
   * The created agency.
   *
   * @param member its entry for the trust bundle
   * @param pairs the private pairs by id, for signing the request to join
   */
  public record SetupResult(Member member, Map<String, SigningPair> pairs) {
    public SetupResult {
      pairs = Map.copyOf(pairs);
    }

    /** A signed request to join. */
    public byte[] request(JoinRequest request) {
      return request.sign(pairs);
    }
  }

  private String pem(PrivateKey key) {
    return passphrase == null ? Pem.encode(key) : Pem.encode(key, passphrase, random);
  }

  private URI identity(SpiffeId.Kind kind, NodeName name) {
    return URI.create(new SpiffeId(plan.federation(), plan.name(), kind, name).toString());
  }

  private LeafProfile gatewayProfile(URI identity) throws IOException {
    List<String> names = new ArrayList<>();
    List<InetAddress> addresses = new ArrayList<>();
    for (String host : plan.hosts()) {
      if (ADDRESS.matcher(host).matches()) {
        // The text is an IP address, so this causes no DNS lookup.
        addresses.add(InetAddress.getByName(host));
      } else {
        names.add(host);
      }
    }
    return LeafProfile.ofGateway(identity, names, addresses, plan.from(), plan.until());
  }

  private void issue(CertificateAuthority authority, LeafProfile profile, KeyPair keys, Path folder)
      throws IOException {
    X509Certificate certificate = authority.issue(keys.getPublic(), profile, random);
    PrivateFiles.write(folder.resolve("tls.crt"), Pem.encode(certificate));
  }

  /** Pairs have no expiry of their own: the trust bundle limits their validity. */
  private void keep(Path folder, SigningPair signing, SigningPair audit) {
    try (Keystore keystore =
            Keystore.open(folder, passphrase, InstantSource.fixed(plan.from()), random);
        KeyEntry agencyEntry = entry(KeyKind.AGENCY_PAIR, signing);
        KeyEntry auditEntry = entry(KeyKind.AUDIT_SIGNING, audit)) {
      keystore.put(agencyEntry);
      keystore.put(auditEntry);
    }
  }

  private KeyEntry entry(KeyKind kind, SigningPair pair) {
    return new KeyEntry(
        kind,
        pair.verifyingPair().id(),
        plan.from(),
        KeyEntry.NEVER,
        SecretBytes.takeOver(pair.seeds()));
  }

  private AgencyKey published(SigningPair pair) {
    return AgencyKey.of(pair.verifyingPair(), plan.from(), plan.until());
  }

  private static AuthorityCertificate published(X509Certificate certificate) {
    try {
      return AuthorityCertificate.parse(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was issued encodes", e);
    }
  }
}
