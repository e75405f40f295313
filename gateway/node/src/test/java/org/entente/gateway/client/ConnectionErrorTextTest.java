package org.entente.gateway.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Words instead of exceptions, for whoever calls a gateway that is not there. */
class ConnectionErrorTextTest {
  private static String told(Throwable first) {
    String told = ConnectionErrorText.words(new IllegalStateException("io exception", first));
    assertFalse(told.contains("Exception"), told);
    return told;
  }

  @Test
  void words_ofWhatIsNotThere_sayWhereToLook() {
    assertEquals(
        "nothing listens at this address: Connection refused; does it run, and is this its"
            + " `listen.clients`?",
        told(new ConnectException("Connection refused")));
    assertEquals(
        "the connection broke: Connection reset by peer; is the gateway still running?",
        told(new IOException("Connection reset by peer")));
    assertEquals(
        "the host does not exist: nowhere.invalid",
        told(new UnknownHostException("nowhere.invalid")));
  }

  @Test
  void words_ofPlainHttp_showNoBytes() {
    String told = told(new NotSslRecordException("not an SSL/TLS record: 485454502f312e3120"));
    assertTrue(told.startsWith("the server there does not use TLS"), told);
    assertFalse(told.contains("4854"), told);
  }

  @Test
  void words_ofTlsWithoutGrpc_nameTheAdminPort() {
    String told = told(new IOException("Failed ALPN negotiation: no protocol[SslHandler#0]"));
    assertTrue(told.endsWith("is this its `listen.clients`, or the admin port?"), told);
    assertFalse(told.contains("SslHandler"), told);
  }

  @Test
  void words_ofCertificates_sayWhoseAndWhoMustAct() {
    assertEquals(
        "the gateway's certificate has expired: NotAfter: yesterday; its operator must renew it",
        told(new CertificateExpiredException("NotAfter: yesterday")));
    assertTrue(
        told(new CertPathBuilderException("no path"))
            .startsWith("the gateway's certificate was not issued by"));
    assertEquals(
        "the gateway's certificate is not valid for this address: No name matching gw.example"
            + " found",
        told(new CertificateException("No name matching gw.example found")));
    assertTrue(
        told(new SSLException("error:10000438:SSL routines:TLSV1_ALERT_INTERNAL_ERROR"))
            .startsWith("the gateway refuses the certificate of --credentials: "));
    assertTrue(
        told(new SSLException("error:10000415:SSL routines:SSLV3_ALERT_CERTIFICATE_EXPIRED"))
            .contains("because it has expired"));
    assertTrue(
        told(new SSLException("error:10000414:SSL routines:SSLV3_ALERT_CERTIFICATE_REVOKED"))
            .contains("because the client was revoked"));
  }

  @Test
  void words_ofAnythingElse_nameIt() {
    assertEquals(
        "StackOverflowError: deep", ConnectionErrorText.words(new StackOverflowError("deep")));
  }
}
