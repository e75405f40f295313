package org.entente.gateway.rpc.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.Identification;
import org.entente.gateway.model.Problem;
import org.entente.gateway.identity.Identification.Unidentified;

/**
 * Trust manager that identifies the other side in TLS: a chain without a valid identity fails the
 * handshake, so that a stranger never reaches HTTP/2.
 *
 * <p>The dialled host name is not checked: the identity is the SPIFFE URI in the certificate.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_HINTS = {};

  private final Function<List<X509Certificate>, Identification> identify;
  private final Consumer<Problem> refused;

  /**
   * A trust manager for one kind of counterpart.
   *
   * @param refused told why a handshake was refused
   */
  HandshakeTrust(
      Function<List<X509Certificate>, Identification> identify, Consumer<Problem> refused) {
    this.identify = identify;
    this.refused = refused;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (identify.apply(List.of(chain)) instanceof Unidentified unidentified) {
      refused.accept(unidentified.problem());
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

  /** Empty, so that the handshake does not reveal the known authorities to a stranger. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NO_HINTS;
  }
}
