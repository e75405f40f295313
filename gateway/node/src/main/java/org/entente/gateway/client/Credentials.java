package org.entente.gateway.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.NameSuggestion;

/**
 * A client's credentials: a folder with {@code tls.crt} (certificate chain), {@code tls.key}
 * (PKCS#8 private key) and {@code ca.crt} (the agency's CA), all PEM.
 */
public record Credentials(Path certificate, Path key, Path authority) {

  /**
   * The credentials in a folder.
   *
   * @throws IllegalArgumentException naming the folder with the nearest existing name, or the first
   *     file that is missing
   */
  public static Credentials in(Path folder) {
    Credentials found =
        new Credentials(
            folder.resolve("tls.crt"), folder.resolve("tls.key"), folder.resolve("ca.crt"));
    if (!Files.exists(folder) && !Files.notExists(folder)) {
      throw new IllegalArgumentException(
          "credentials: " + folder + " cannot be read" + FileErrorText.access(folder));
    }
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "credentials: "
              + folder
              + " is not a folder"
              + NameSuggestion.behind(String.valueOf(folder.getFileName()), besides(folder)));
    }
    for (Path file : new Path[] {found.certificate, found.key, found.authority}) {
      if (Files.notExists(file)) {
        throw new IllegalArgumentException("credentials: " + file + " is missing");
      }
      if (!Files.isReadable(file)) {
        throw new IllegalArgumentException(
            "credentials: " + file + " cannot be read" + FileErrorText.access(file));
      }
    }
    return found;
  }

  /** The names in the folder around a folder; none if that cannot be read. */
  private static List<String> besides(Path folder) {
    Path around = folder.toAbsolutePath().getParent();
    if (around == null || !Files.isDirectory(around)) {
      return List.of();
    }
    try (Stream<Path> names = Files.list(around)) {
      return names.map(name -> String.valueOf(name.getFileName())).toList();
    } catch (IOException e) {
      return List.of();
    }
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
