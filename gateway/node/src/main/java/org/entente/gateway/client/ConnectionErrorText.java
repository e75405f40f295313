package org.entente.gateway.client;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;

/** Why there is no connection to a gateway, in words for who wanted one. Stateless. */
public final class ConnectionErrorText {
  private ConnectionErrorText() {}

  /** Whether one of the two does not take the other's certificate: no repetition mends that. */
  public static boolean isOfCertificates(Throwable failure) {
    Throwable first = first(failure);
    return first instanceof CertificateException
        || first instanceof CertPathBuilderException
        || (first instanceof SSLException && String.valueOf(first.getMessage()).contains("ALERT"));
  }

  private static Throwable first(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first;
  }

  /** What went wrong, and where to look. */
  public static String words(Throwable failure) {
    Throwable first = first(failure);
    String said = first.getMessage() == null ? "" : ": " + first.getMessage();
    if (first instanceof ConnectException || first instanceof NoRouteToHostException) {
      return "nobody listens there" + said + "; does it run, and is this its `listen.clients`?";
    }
    if (first instanceof UnknownHostException) {
      return "there is no such host" + said;
    }
    if (first instanceof NotSslRecordException) {
      return "what answers there speaks no TLS; is this its `listen.clients`, or the admin port?";
    }
    if (first instanceof CertificateExpiredException) {
      return "its certificate has ended" + said + "; its operator must renew it";
    }
    if (first instanceof CertPathBuilderException) {
      return "its certificate is not of the CA in ca.crt of --credentials; is this the gateway of"
          + " that agency?";
    }
    if (first instanceof CertificateException) {
      return "its certificate is not for this address" + said;
    }
    if (first instanceof SSLException && said.contains("ALERT")) {
      return "it refuses the certificate of --credentials"
          + said
          + "; is it a client of that gateway, not ended or revoked, and is this its"
          + " `listen.clients`? The gateway's log names whom it refused";
    }
    if (first instanceof IOException) {
      return "it broke" + said + "; does the gateway still run?";
    }
    return first.getClass().getSimpleName() + said;
  }
}
