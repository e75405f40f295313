package org.entente.gateway.rpc.tls;

import io.grpc.Attributes;
import io.grpc.Grpc;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The certificates that the other side of a call presented in the TLS handshake. */
public final class PeerCertificates {
  private PeerCertificates() {}

  /** Its certificates, its own first; empty if it presented none or there is no TLS (yet). */
  public static List<X509Certificate> of(Attributes attributes) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    return session == null ? List.of() : of(session);
  }

  /** Its certificates, its own first; empty if it presented none. */
  public static List<X509Certificate> of(SSLSession session) {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : session.getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
      return chain;
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }
}
