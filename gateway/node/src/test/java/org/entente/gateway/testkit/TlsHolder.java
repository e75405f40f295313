package org.entente.gateway.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.crypto.CertificateAuthority;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.LeafProfile;
import org.entente.gateway.crypto.Pem;

/** Somebody who can speak TLS: a private key and its certificate, also good for localhost. */
public record TlsHolder(PrivateKey key, List<X509Certificate> chain) {

  /** Somebody to whom a CA certifies an identity for a time. */
  public static TlsHolder issue(
      CertificateAuthority ca, String spiffeId, Instant from, Instant to) {
    SecureRandom random = new SecureRandom();
    KeyPair keys = EcKeys.generate(random);
    URI identity = URI.create(spiffeId);
    LeafProfile profile =
        spiffeId.contains("/client/")
            ? LeafProfile.ofClient(identity, from, to)
            : LeafProfile.ofGateway(identity, List.of("localhost"), List.of(), from, to);
    return new TlsHolder(keys.getPrivate(), List.of(ca.issue(keys.getPublic(), profile, random)));
  }

  /** Writes {@code tls.crt} and {@code tls.key}. */
  public void writeTo(Path folder) throws IOException {
    Files.writeString(folder.resolve("tls.crt"), Pem.encode(chain));
    Files.writeString(folder.resolve("tls.key"), Pem.encode(key));
  }
}
