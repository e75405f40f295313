package org.entente.gateway.rpc.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate and key of this gateway, which may be replaced while it runs: later handshakes
 * use the new one, open connections keep theirs. Safe for many threads.
 */
public final class TlsIdentity {
  private record Pair(String alias, PrivateKey key, List<X509Certificate> chain) {}

  private final Manager manager = new Manager();
  private int generation;
  private volatile Pair current;
  private volatile @Nullable Pair before;

  /**
   * Creates an identity.
   *
   * @param chain the gateway's certificate first
   * @throws InvalidKeyException if the key is not that of the certificate
   */
  public TlsIdentity(PrivateKey key, List<X509Certificate> chain) throws InvalidKeyException {
    current = pair(key, chain, 0);
  }

  /**
   * Replaces the certificate for later handshakes.
   *
   * @throws InvalidKeyException if the key is not that of the certificate; nothing is changed
   */
  public synchronized void replace(PrivateKey key, List<X509Certificate> chain)
      throws InvalidKeyException {
    Pair next = pair(key, chain, generation + 1);
    generation++;
    // Kept for handshakes that have chosen it but not yet fetched it.
    before = current;
    current = next;
  }

  /** The certificate in use. */
  public X509Certificate certificate() {
    return current.chain().get(0);
  }

  /** A key manager that presents the certificate in use at each handshake. */
  public X509ExtendedKeyManager manager() {
    return manager;
  }

  private static Pair pair(PrivateKey key, List<X509Certificate> chain, int generation)
      throws InvalidKeyException {
    if (chain.isEmpty() || !belongTogether(key, chain.get(0))) {
      throw new InvalidKeyException("the private key does not match the certificate");
    }
    return new Pair("generation-" + generation, key, List.copyOf(chain));
  }

  /** Whether the certificate verifies a signature by the key. */
  private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = {'e', 'n', 't', 'e', 'n', 't', 'e'};
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(probe);
      byte[] signature = signing.sign();
      Signature verifying = Signature.getInstance(algorithm);
      verifying.initVerify(certificate.getPublicKey());
      verifying.update(probe);
      return verifying.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private @Nullable Pair find(String alias) {
    Pair now = current;
    if (now.alias().equals(alias)) {
      return now;
    }
    Pair old = before;
    return old != null && old.alias().equals(alias) ? old : null;
  }

  /**
   * The key manager that TLS calls at each handshake. Key types have Java's names, such as {@code
   * EC_EC}.
   */
  private final class Manager extends X509ExtendedKeyManager {
    private @Nullable String alias(String... types) {
      Pair now = current;
      String algorithm = now.key().getAlgorithm();
      boolean fits =
          Arrays.stream(types)
              .anyMatch(type -> type.equals(algorithm) || type.startsWith(algorithm + "_"));
      return fits ? now.alias() : null;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return alias(types);
    }

    @Override
    public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
      String alias = alias(type);
      return alias == null ? new String[0] : new String[] {alias};
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return getServerAliases(type, issuers);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      Pair found = find(alias);
      return found == null ? null : found.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      Pair found = find(alias);
      return found == null ? null : found.key();
    }
  }
}
