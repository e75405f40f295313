package org.entente.gateway.rpc.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;

/**
 * Trust manager that identifies the other side in TLS: a chain without a valid identity fails the
 * handshake, so that a stranger never reaches HTTP/2.
 *
 * <p>The dialled host name is not checked: the identity is the SPIFFE URI in the certificate.
 */
final class HandshakeTrust extends X509ExtendedTrustManager {
  private static final X509Certificate[] NO_HINTS = {};

  private final Function<List<X509Certificate>, Result<Identified>> identify;
  private final Consumer<Problem> refused;

  /**
   * A trust manager for one kind of counterpart.
   *
   * @param refused told why a handshake was refused
   */
  HandshakeTrust(
      Function<List<X509Certificate>, Result<Identified>> identify, Consumer<Problem> refused) {
    this.identify = identify;
    this.refused = refused;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    Optional<Problem> problem = identify.apply(List.of(chain)).refusal();
    if (problem.isPresent()) {
      refused.accept(problem.get());
      throw failure(problem.get());
    }
  }

  /**
   * The failure that makes TLS send the alert for a problem (RFC 8446, section 6.2): the holder of
   * an expired or revoked certificate learns that much, others only that theirs is not accepted.
   */
  private static CertificateException failure(Problem problem) {
    String text = problem.code() + ": " + problem.message();
    return switch (problem.code()) {
      case CERTIFICATE_EXPIRED -> new CertificateExpiredException(text);
      case CERTIFICATE_REVOKED ->
          new OpenSslCertificateException(text, CertificateVerifier.X509_V_ERR_CERT_REVOKED);
      default -> new CertificateException(text);
    };
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
