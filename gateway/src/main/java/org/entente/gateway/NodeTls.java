package org.entente.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.wire.TlsIdentity;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This gateway's TLS certificate and key, taken up anew when their files change. */
final class NodeTls {
  private static final Logger LOG = LoggerFactory.getLogger(NodeTls.class);

  private final NodeFiles files;
  private final InstantSource clock;
  private final TlsIdentity identity;
  private String seen;

  private NodeTls(NodeFiles files, InstantSource clock, TlsIdentity identity, String seen) {
    this.files = files;
    this.clock = clock;
    this.identity = identity;
    this.seen = seen;
  }

  /**
   * Reads them.
   *
   * @throws StartProblem if one cannot be used, or is not this gateway's
   */
  static NodeTls open(NodeFiles files, InstantSource clock) {
    try {
      String seen = stamp(files.config());
      List<X509Certificate> chain = files.tlsChain();
      PrivateKey key = files.tlsKey();
      requireOwn(files.config(), chain.get(0), clock.instant());
      return new NodeTls(files, clock, new TlsIdentity(key, chain), seen);
    } catch (IOException | InvalidKeyException e) {
      throw new StartProblem("tls: " + e.getMessage(), e);
    }
  }

  /**
   * Takes up what the files hold if they have changed. What cannot be used is reported once, and
   * the certificate in force stays.
   */
  void reload() throws IOException {
    String now = stamp(files.config());
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      List<X509Certificate> chain = files.tlsChain();
      PrivateKey key = files.tlsKey();
      requireOwn(files.config(), chain.get(0), clock.instant());
      identity.replace(key, chain);
      LOG.info(
          "new connections show certificate {} until {}",
          chain.get(0).getSerialNumber().toString(16),
          chain.get(0).getNotAfter().toInstant());
    } catch (StartProblem | InvalidKeyException e) {
      LOG.error("the certificate in force stays: tls: {}", e.getMessage());
    }
  }

  TlsIdentity identity() {
    return identity;
  }

  /** When the certificate ends, milliseconds since 1970. */
  long notAfterMillis() {
    return identity.certificate().getNotAfter().toInstant().toEpochMilli();
  }

  private static void requireOwn(NodeConfig config, X509Certificate leaf, Instant now) {
    String own =
        "spiffe://%s/agency/%s/gateway/%s"
            .formatted(config.federation(), config.agency(), config.gateway());
    String found = Certificates.spiffeId(leaf).map(Object::toString).orElse("nobody");
    if (!found.equals(own)) {
      throw new StartProblem("tls.certificate: it names " + found + "; this gateway is " + own);
    }
    if (now.isAfter(leaf.getNotAfter().toInstant())) {
      throw new StartProblem("tls.certificate: it ended on " + leaf.getNotAfter().toInstant());
    }
  }

  private static String stamp(NodeConfig config) throws IOException {
    return stamp(config.tls().certificate()) + stamp(config.tls().key());
  }

  private static String stamp(Path file) throws IOException {
    return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis() + "\n";
  }
}
