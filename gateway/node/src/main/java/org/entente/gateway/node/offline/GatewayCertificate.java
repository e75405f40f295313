package org.entente.gateway.node.offline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.jspecify.annotations.Nullable;

/**
 * The files of a gateway's TLS certificate and key, whether or not the gateway runs; a running one
 * follows them within seconds. Every failure is a {@link StartProblem}.
 */
public final class GatewayCertificate {
  private static final String FIELD = "tls";

  private final ConfiguredFiles files;
  private final InstantSource clock;

  private GatewayCertificate(ConfiguredFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
  }

  /**
   * Opens the files of a node; requires that the gateway could read what this user writes.
   *
   * @param config the node's configuration
   */
  public static GatewayCertificate open(Path config, InstantSource clock) {
    ConfiguredFiles files = ConfiguredFiles.read(config, clock);
    try {
      ClientListEditor.requireGatewaysUser(files.config(), FIELD);
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("audit", files.config().audit(), e);
    }
    return new GatewayCertificate(files, clock);
  }

  /** The gateway's agency. */
  public AgencyName agency() {
    return new AgencyName(files.config().agency());
  }

  /** The certificate that the file holds now, valid or not. */
  public X509Certificate present() {
    return files.tlsChain().get(0);
  }

  /** The configured passphrase, which the caller closes; null where none is configured. */
  @Nullable
  public SecretBytes passphrase() {
    return files.passphrase();
  }

  /**
   * Replaces key and certificate, the key first. Both are durable on return. Changes nothing if
   * peers would refuse the certificate. A key that was encrypted is encrypted again.
   *
   * @throws StartProblem saying why not
   */
  public void replace(PrivateKey key, X509Certificate certificate, SecureRandom random) {
    NodeConfig config = files.config();
    TlsCertificateReloader.requireUsable(
        config, List.of(certificate), files.verifiedBundle(), clock.instant());
    try {
      PrivateFiles.replace(config.tls().key(), bytes(encoded(key, random)));
      PrivateFiles.replace(config.tls().certificate(), bytes(Pem.encode(certificate)));
    } catch (IOException e) {
      throw ConfiguredFiles.unusable(FIELD, config.tls().certificate(), e);
    }
  }

  private String encoded(PrivateKey key, SecureRandom random) throws IOException {
    if (!Pem.isEncryptedKey(Files.readString(files.config().tls().key()))) {
      return Pem.encode(key);
    }
    try (SecretBytes passphrase = passphrase()) {
      if (passphrase == null) {
        throw new StartProblem("tls.key: it is encrypted, but no passphrase is configured");
      }
      return Pem.encode(key, passphrase, random);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
