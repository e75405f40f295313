package org.entente.gateway.node.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.entente.gateway.testkit.TlsHolder;
import org.jspecify.annotations.Nullable;

/** One HTTP request on a connection of its own, with the headers that a browser sets itself. */
final class RawHttp {
  private static final int PATIENCE_MILLIS = 20_000;
  private static final char[] PASSWORD = "test".toCharArray();

  private RawHttp() {}

  static Socket plain(InetSocketAddress to) throws IOException {
    Socket socket = new Socket(to.getAddress(), to.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** A connection over TLS; without a certificate if there is no holder. */
  static Socket tls(InetSocketAddress to, @Nullable TlsHolder holder)
      throws IOException, GeneralSecurityException {
    KeyManager[] own = {};
    if (holder != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry("own", holder.key(), PASSWORD, holder.chain().toArray(Certificate[]::new));
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, PASSWORD);
      own = keys.getKeyManagers();
    }
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own, new TrustManager[] {new TrustsAll()}, new SecureRandom());
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(to, PATIENCE_MILLIS);
    return socket;
  }

  /** Sends a request and reads until the other side closes. */
  static String exchange(
      Socket socket, String method, String path, Map<String, String> headers, String body)
      throws IOException {
    try (socket) {
      send(socket, method, path, headers, body);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static void send(
      Socket socket, String method, String path, Map<String, String> headers, String body)
      throws IOException {
    StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
    headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
    request.append("Content-Length: " + body.length() + "\r\n\r\n" + body);
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  /** The cookie that an answer sets. */
  static String cookie(String answer) {
    return answer.replaceFirst("(?is).*\r\nset-cookie: ([^;]+);.*", "$1");
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
