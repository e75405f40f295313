package org.entente.gateway.node.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;

/** Admin port over HTTP/1.1 without a proxy: 3 s to connect, 10 s to answer, at most 32 MiB. */
public final class HttpAdminPort implements AdminPort {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int ANSWER_MILLIS = 10_000;
  private static final int MOST_BYTES = 32 << 20;

  @Override
  public Answer get(InetSocketAddress at, String path) throws IOException {
    URLConnection opened = url(at, path).toURL().openConnection(Proxy.NO_PROXY);
    if (!(opened instanceof HttpURLConnection connection)) {
      throw new IOException("no HTTP connection");
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(ANSWER_MILLIS);
    try {
      int status = connection.getResponseCode();
      InputStream error = connection.getErrorStream();
      try (InputStream body = error == null ? connection.getInputStream() : error) {
        return new Answer(status, new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
      }
    } finally {
      connection.disconnect();
    }
  }

  private static URI url(InetSocketAddress at, String path) throws IOException {
    try {
      return new URI("http", null, at.getHostString(), at.getPort(), path, null, null);
    } catch (URISyntaxException e) {
      throw new IOException("no address: " + e.getMessage(), e);
    }
  }
}
