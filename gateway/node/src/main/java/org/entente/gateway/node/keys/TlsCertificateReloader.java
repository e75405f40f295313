package org.entente.gateway.node.keys;

import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.rpc.tls.TlsIdentity;
import org.entente.gateway.trust.TrustBundle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This gateway's TLS certificate and key, reloaded when their files change and peers will accept
 * them as its own.
 */
public final class TlsCertificateReloader {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCertificateReloader.class);

  private final ConfiguredFiles files;
  private final InstantSource clock;
  private final TlsIdentity identity;
  private String seen;

  /** Why the files are invalid; null if they are in force. */
  private volatile @Nullable String refusal;

  private TlsCertificateReloader(
      ConfiguredFiles files, InstantSource clock, TlsIdentity identity, String seen) {
    this.files = files;
    this.clock = clock;
    this.identity = identity;
    this.seen = seen;
  }

  /**
   * Reads certificate and key.
   *
   * @throws StartProblem if one is unusable, or does not belong to this gateway
   */
  public static TlsCertificateReloader open(ConfiguredFiles files, InstantSource clock) {
    try {
      String seen = stamp(files.config());
      List<X509Certificate> chain = files.tlsChain();
      PrivateKey key = files.tlsKey();
      requireOwn(files.config(), chain.get(0), clock.instant());
      return new TlsCertificateReloader(files, clock, new TlsIdentity(key, chain), seen);
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("tls", files.config().tls().certificate(), e);
    } catch (InvalidKeyException e) {
      throw new StartProblem("tls: " + e.getMessage(), e);
    }
  }

  /**
   * Reloads the files if they have changed. An unusable certificate or key is reported once for
   * each reason, and the certificate in force stays. The files are then judged again at each call:
   * the next bundle may list their CA.
   *
   * @param bundle the bundle with which peers judge it
   */
  public void reload(TrustBundle bundle) throws IOException {
    String now = stamp(files.config());
    boolean changed = !now.equals(seen);
    if (!changed && refusal == null) {
      return;
    }
    seen = now;
    try {
      List<X509Certificate> chain = files.tlsChain();
      PrivateKey key = files.tlsKey();
      requireUsable(files.config(), chain, bundle, clock.instant());
      identity.replace(key, chain);
      refusal = null;
      LOG.info(
          "new connections use certificate {}, valid until {}",
          chain.get(0).getSerialNumber().toString(16),
          chain.get(0).getNotAfter().toInstant());
    } catch (StartProblem | InvalidKeyException e) {
      String reason = String.valueOf(e.getMessage());
      if (changed || !reason.equals(refusal)) {
        LOG.error(
            "the TLS certificate in force stays, because the files are invalid: tls: {}", reason);
      }
      refusal = reason;
    }
  }

  /** Why peers would refuse the certificate in force, if they would. */
  public Optional<String> refusedByPeers(TrustBundle bundle) {
    try {
      requireTrusted(files.config(), files.tlsChain(), bundle, clock.instant());
      return Optional.empty();
    } catch (StartProblem e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  /**
   * Requires a certificate that this gateway may use and that peers accept.
   *
   * @param chain the gateway's certificate first
   * @param bundle the bundle with which peers judge it
   * @throws StartProblem saying why not
   */
  public static void requireUsable(
      NodeConfig config, List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    requireOwn(config, chain.get(0), now);
    requireTrusted(config, chain, bundle, now);
  }

  private static void requireTrusted(
      NodeConfig config, List<X509Certificate> chain, TrustBundle bundle, Instant now) {
    PeerIdentity own = new PeerIdentity(new AgencyName(config.agency()), Duration.ZERO);
    own.ownFault(chain, bundle, now)
        .ifPresent(
            fault -> {
              throw new StartProblem("tls.certificate: peers would refuse it: " + fault);
            });
  }

  /** Whether the files are invalid, so that the previous certificate stays in force. */
  public boolean refuses() {
    return refusal != null;
  }

  /** What an operator should know although the gateway works. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (refuses()) {
      warnings.add(
          "tls: the new certificate or key is invalid, so the previous one stays in use; the log"
              + " says why");
    }
    CertificateValidity validity = CertificateValidity.of(identity.certificate());
    Instant now = clock.instant();
    if (validity.endsSoon(now)) {
      warnings.add(
          "tls: the certificate %s; `entente tls renew` replaces it".formatted(validity.end(now)));
    }
    return warnings;
  }

  public TlsIdentity identity() {
    return identity;
  }

  /** When the certificate expires, in milliseconds since 1970. */
  public long notAfterMillis() {
    return CertificateValidity.of(identity.certificate()).until().toEpochMilli();
  }

  private static void requireOwn(NodeConfig config, X509Certificate leaf, Instant now) {
    String own =
        "spiffe://%s/agency/%s/gateway/%s"
            .formatted(config.federation(), config.agency(), config.gateway());
    String found = Certificates.spiffeId(leaf).map(Object::toString).orElse("no SPIFFE ID");
    if (!found.equals(own)) {
      throw new StartProblem("tls.certificate: it names " + found + "; this gateway is " + own);
    }
    if (now.isBefore(leaf.getNotBefore().toInstant())) {
      throw new StartProblem(
          "tls.certificate: it is valid only from " + leaf.getNotBefore().toInstant());
    }
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      throw new StartProblem("tls.certificate: it expired on " + leaf.getNotAfter().toInstant());
    }
  }

  private static String stamp(NodeConfig config) throws IOException {
    return ConfiguredFiles.stamp(config.tls().certificate())
        + ConfiguredFiles.stamp(config.tls().key());
  }
}
