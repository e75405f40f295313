package org.entente.gateway.client;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;

/** Explains to a user why there is no connection to a gateway. Stateless. */
public final class ConnectionErrorText {
  private ConnectionErrorText() {}

  /** Whether one side rejects the other's certificate; a retry does not help then. */
  public static boolean isOfCertificates(Throwable failure) {
    Throwable first = first(failure);
    return first instanceof CertificateException
        || isOfAnotherAuthority(first)
        || (first instanceof SSLException && String.valueOf(first.getMessage()).contains("ALERT"));
  }

  private static boolean isOfAnotherAuthority(Throwable first) {
    // The second: the other CA has the same name.
    return first instanceof CertPathBuilderException || first instanceof CertPathValidatorException;
  }

  private static Throwable first(Throwable failure) {
    Throwable first = failure;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    return first;
  }

  /** The cause, and where to look. */
  public static String words(Throwable failure) {
    Throwable first = first(failure);
    String said = first.getMessage() == null ? "" : ": " + first.getMessage();
    if (first instanceof ConnectException || first instanceof NoRouteToHostException) {
      return "nothing listens at this address"
          + said
          + "; does it run, and is this its `listen.clients`?";
    }
    if (first instanceof UnknownHostException) {
      return "the host does not exist" + said;
    }
    if (first instanceof NotSslRecordException) {
      return "the server there does not use TLS; is this its `listen.clients`, or the admin port?";
    }
    if (said.contains("ALPN")) {
      return "the server there does not speak gRPC; is this its `listen.clients`, or the admin"
          + " port?";
    }
    if (first instanceof CertificateExpiredException) {
      return "the gateway's certificate has expired" + said + "; its operator must renew it";
    }
    if (isOfAnotherAuthority(first)) {
      return "the gateway's certificate was not issued by the CA in ca.crt of --credentials; is "
          + "this the gateway of that agency?";
    }
    if (first instanceof CertificateException) {
      return "the gateway's certificate is not valid for this address" + said;
    }
    if (first instanceof SSLException && said.contains("CERTIFICATE_EXPIRED")) {
      return "the gateway refuses the certificate of --credentials, because it has expired; its"
          + " operator renews it by `entente client renew`";
    }
    if (first instanceof SSLException && said.contains("CERTIFICATE_REVOKED")) {
      return "the gateway refuses the certificate of --credentials, because the client was revoked"
          + " or this certificate was replaced; ask its operator";
    }
    if (first instanceof SSLException && said.contains("ALERT")) {
      return "the gateway refuses the certificate of --credentials"
          + said
          + "; is it a registered client of that gateway, neither expired nor revoked, and is "
          + "this its `listen.clients`? The gateway's log names each refused client";
    }
    if (first instanceof IOException) {
      return "the connection broke" + said + "; is the gateway still running?";
    }
    return first.getClass().getSimpleName() + said;
  }
}
