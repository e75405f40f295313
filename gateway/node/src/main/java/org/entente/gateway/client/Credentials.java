package org.entente.gateway.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.entente.gateway.crypto.Pem;

/**
 * A client's credentials: a folder with {@code tls.crt} (certificate chain), {@code tls.key}
 * (PKCS#8 private key) and {@code ca.crt} (the agency's CA), all PEM.
 */
public record Credentials(Path certificate, Path key, Path authority) {

  /**
   * The credentials in a folder.
   *
   * @throws IllegalArgumentException naming the first file that is missing
   */
  public static Credentials in(Path folder) {
    Credentials found =
        new Credentials(
            folder.resolve("tls.crt"), folder.resolve("tls.key"), folder.resolve("ca.crt"));
    for (Path file : new Path[] {found.certificate, found.key, found.authority}) {
      if (!Files.isReadable(file)) {
        throw new IllegalArgumentException(
            "credentials: " + file + " is missing or cannot be read");
      }
    }
    return found;
  }

  /** The client's own certificate; empty if it cannot be read, which the channel reports. */
  public Optional<X509Certificate> leaf() {
    try {
      return Optional.of(Pem.certificates(Files.readString(certificate)).get(0));
    } catch (IOException | CertificateException e) {
      return Optional.empty();
    }
  }
}
