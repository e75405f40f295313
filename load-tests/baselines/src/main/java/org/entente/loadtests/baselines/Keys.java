package org.entente.loadtests.baselines;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * One throwaway key with a self-signed certificate, which every party of a baseline presents and
 * trusts: mutual TLS costs the same as with a CA.
 */
final class Keys {
  /** Protects keys that live as long as a measurement. */
  static final String PASSWORD = "throwaway";

  /** Name of the key in its store. */
  static final String ALIAS = "node";

  private static final int LINE = 64;

  private final Path store;

  private Keys(Path store) {
    this.store = store;
  }

  /** A key for TLS. */
  static Keys elliptic(Path folder) throws IOException, InterruptedException {
    return mint(folder, "-keyalg", "EC", "-groupname", "secp256r1");
  }

  /** A key for signatures and encryption. */
  static Keys rsa(Path folder) throws IOException, InterruptedException {
    return mint(folder, "-keyalg", "RSA", "-keysize", "2048", "-sigalg", "SHA256withRSA");
  }

  private static Keys mint(Path folder, String... algorithm)
      throws IOException, InterruptedException {
    Path store = folder.resolve("keys.p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", ALIAS, "-dname", "CN=node", "-validity", "2"));
    command.addAll(List.of("-ext", "san=ip:127.0.0.1,dns:localhost"));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", PASSWORD));
    command.addAll(List.of(algorithm));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool made no key");
    }
    return new Keys(store);
  }

  /** The file, PKCS #12. */
  Path store() {
    return store;
  }

  KeyStore open() throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  /** TLS of a client that shows the key and trusts it. */
  SSLContext context() throws IOException, GeneralSecurityException {
    KeyManagerFactory shown = KeyManagerFactory.getInstance("PKIX");
    shown.init(open(), PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, open().getCertificate(ALIAS));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  /** A store that holds the certificate only. */
  Path trust() throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(ALIAS, open().getCertificate(ALIAS));
    Path file = store.resolveSibling("trust.p12");
    try (var out = Files.newOutputStream(file)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  /** The certificate as PEM. */
  Path certificate() throws IOException, GeneralSecurityException {
    Certificate certificate = open().getCertificate(ALIAS);
    return pem("certificate.pem", "CERTIFICATE", certificate.getEncoded());
  }

  /** The private key as PEM, PKCS #8. */
  Path key() throws IOException, GeneralSecurityException {
    Key key = open().getKey(ALIAS, PASSWORD.toCharArray());
    return pem("key.pem", "PRIVATE KEY", key.getEncoded());
  }

  private Path pem(String name, String type, byte[] der) throws IOException {
    String body =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return Files.writeString(
        store.resolveSibling(name),
        "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
  }
}
