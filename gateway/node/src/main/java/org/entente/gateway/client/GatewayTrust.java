package org.entente.gateway.client;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.crypto.Certificates;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.identity.SpiffeId;
import org.entente.gateway.model.InvalidValue;

/**
 * Trusts the gateways of an agency as servers: after the usual checks of TLS (the CA, the host
 * name, the purpose), the certificate must name a gateway. The CA also certifies the agency's
 * clients, and none of them may pose as the gateway. Safe for use by many threads.
 */
final class GatewayTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager authority;

  private GatewayTrust(X509ExtendedTrustManager authority) {
    this.authority = authority;
  }

  /**
   * Trust in the gateways to which a CA gave certificates.
   *
   * @param authorities PEM file of one or more CA certificates
   */
  static GatewayTrust in(Path authorities) throws IOException, GeneralSecurityException {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    for (X509Certificate one : Pem.certificates(Files.readString(authorities))) {
      anchors.setCertificateEntry("ca-" + anchors.size(), one);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(anchors);
    return new GatewayTrust(
        Stream.of(factory.getTrustManagers())
            .filter(X509ExtendedTrustManager.class::isInstance)
            .map(X509ExtendedTrustManager.class::cast)
            .findFirst()
            .orElseThrow());
  }

  private static void requireGateway(X509Certificate leaf) throws CertificateException {
    Optional<URI> named = Certificates.spiffeId(leaf);
    if (!named.map(GatewayTrust::isOfGateway).orElse(false)) {
      throw new CertificateException(
          "it belongs to "
              + named.map(URI::toString).orElse("a holder without a SPIFFE ID")
              + ", which is no gateway");
    }
  }

  private static boolean isOfGateway(URI identity) {
    try {
      return SpiffeId.parse(identity.toString()).kind() == SpiffeId.Kind.GATEWAY;
    } catch (InvalidValue e) {
      return false;
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    authority.checkServerTrusted(chain, authType, engine);
    requireGateway(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    authority.checkServerTrusted(chain, authType, socket);
    requireGateway(chain[0]);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw notAServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw notAServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw notAServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw notAServer();
  }

  /** Without a connection nobody checks the host name, and a client serves nobody. */
  private static CertificateException notAServer() {
    return new CertificateException("only a gateway that was dialled is checked here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authority.getAcceptedIssuers();
  }
}
