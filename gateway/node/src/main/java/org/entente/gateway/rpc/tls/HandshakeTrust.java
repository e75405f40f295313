package org.entente.gateway.rpc.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.Identification;
import org.entente.gateway.identity.Identification.Unidentified;

/**
 * The part of TLS that asks who the other side is: a chain that identifies nobody fails the
 * handshake, so that a stranger never reaches HTTP/2.
 *
 * <p>The host name that was dialled is not looked at: identity is the SPIFFE URI in the
 * certificate.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_HINTS = {};

  private final Function<List<X509Certificate>, Identification> identify;

  HandshakeTrust(Function<List<X509Certificate>, Identification> identify) {
    this.identify = identify;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (identify.apply(List.of(chain)) instanceof Unidentified unidentified) {
      throw new CertificateException(
          unidentified.problem().code() + ": " + unidentified.problem().message());
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  /** None, so that the handshake does not tell a stranger which authorities are known. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_HINTS;
  }
}
