package org.entente.gateway.cli.operator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.entente.gateway.ceremony.AgencyIssuer;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.crypto.CertificateRequests;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.crypto.EcKeys;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.offline.ClientListEditor;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say where a client's certificate comes from. */
final class ClientCertificateOptions {
  private static final int LARGEST = 1 << 16;
  private static final int MOST_DAYS = 3_650;

  @Option(
      names = "--ca",
      paramLabel = "DIR",
      description = "folder with ca.crt and ca.key of the agency, which issues the certificate")
  private @Nullable Path authority;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "file with the passphrase of ca.key (default: the passphrase of --config)")
  private @Nullable Path passphraseFile;

  @Option(
      names = "--csr",
      paramLabel = "FILE",
      description =
          "certificate request of the client (PKCS#10, PEM), whose key then never leaves it;"
              + " without it the command makes a key")
  private @Nullable Path request;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "new folder for tls.crt, ca.crt and, unless --csr is given, tls.key")
  private @Nullable Path out;

  @Option(
      names = "--days",
      defaultValue = "90",
      paramLabel = "N",
      description =
          "days for which the certificate is valid, 1 to 3650, at most as long as the CA (default:"
              + " ${DEFAULT-VALUE})")
  private int days;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description =
          "in place of --ca: the client's certificate (PEM), which the agency's CA issued")
  private @Nullable Path certificate;

  /**
   * A client's certificate, and what the client is given.
   *
   * @param folder the folder that was written; null if the certificate came from elsewhere
   * @param withKey whether the folder holds the private key
   */
  record Obtained(X509Certificate certificate, @Nullable Path folder, boolean withKey) {}

  /** Checks that the options fit together, before anything is read. */
  void check() {
    if ((authority == null) == (certificate == null)) {
      throw new UsageError(
          "give either --ca, to issue a certificate, or --certificate, to name one that was"
              + " issued");
    }
    if (certificate != null && (request != null || out != null || passphraseFile != null)) {
      throw new UsageError("--csr, --out and --passphrase-file belong to --ca");
    }
    if (authority != null && out == null) {
      throw new UsageError("--out: is missing; name a new folder for the certificate");
    }
    if (days < 1 || days > MOST_DAYS) {
      throw new UsageError("--days: found " + days + "; valid is 1 to " + MOST_DAYS);
    }
  }

  /** Issues or reads the certificate, and requires that the gateway would accept it. */
  Obtained obtain(ClientListEditor editor, NodeName client, Instant now) {
    Path issued = certificate;
    if (issued != null) {
      X509Certificate read = read(issued, editor, client);
      return new Obtained(read, null, false);
    }
    return issue(editor, client, now);
  }

  private static X509Certificate read(Path file, ClientListEditor editor, NodeName client) {
    try {
      List<X509Certificate> chain = Pem.certificates(text(file));
      requireNamed(editor, client, chain.get(0));
      editor.requireAccepted(client, chain);
      return chain.get(0);
    } catch (CertificateException e) {
      throw new CommandFailure("--certificate: " + file + ": " + e.getMessage(), e);
    }
  }

  private static void requireNamed(
      ClientListEditor editor, NodeName client, X509Certificate certificate) {
    String wanted = editor.identity(client).toString();
    String found = Certificates.spiffeId(certificate).map(Object::toString).orElse("none");
    if (!found.equals(wanted)) {
      throw new CommandFailure(
          "--certificate: its identity is " + found + "; that of the client is " + wanted);
    }
  }

  private Obtained issue(ClientListEditor editor, NodeName client, Instant now) {
    Path folder = Objects.requireNonNull(out);
    try (SecretBytes passphrase = passphrase(editor)) {
      SecureRandom random = new SecureRandom();
      AgencyIssuer issuer =
          AgencyIssuer.open(Objects.requireNonNull(authority), passphrase, random);
      KeyPair made = request == null ? EcKeys.generate(random) : null;
      PublicKey key = made == null ? requested() : made.getPublic();
      X509Certificate issued =
          issuer.issue(editor.identity(client), key, now, Duration.ofDays(days));
      editor.requireAccepted(client, List.of(issued));
      PrivateFiles.emptyFolder(folder);
      PrivateFiles.write(folder.resolve("tls.crt"), Pem.encode(issued));
      PrivateFiles.write(
          folder.resolve("ca.crt"),
          editor.authorities(issuer.certificate()).stream()
              .map(Pem::encode)
              .collect(Collectors.joining()));
      if (made != null) {
        PrivateFiles.write(folder.resolve("tls.key"), Pem.encode(made.getPrivate()));
      }
      return new Obtained(issued, folder, made != null);
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure("--out: " + folder + " is not empty; name a new folder", e);
    } catch (IOException e) {
      throw new CommandFailure(
          "--out: " + folder + " cannot be written: " + FileErrorText.words(e), e);
    }
  }

  private @Nullable SecretBytes passphrase(ClientListEditor editor) {
    Path file = passphraseFile;
    return file == null ? editor.passphrase() : PassphraseReader.read(file);
  }

  private PublicKey requested() {
    Path file = Objects.requireNonNull(request);
    try {
      return CertificateRequests.key(text(file));
    } catch (CertificateException e) {
      throw new CommandFailure("--csr: " + file + ": " + e.getMessage(), e);
    }
  }

  private static String text(Path file) {
    return new String(CeremonyFiles.bytes(file, LARGEST), StandardCharsets.UTF_8);
  }
}
