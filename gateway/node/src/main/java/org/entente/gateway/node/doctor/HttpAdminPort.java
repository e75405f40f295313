package org.entente.gateway.node.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Admin port over HTTP/1.0 without a proxy: 3 s to connect, 10 s for the whole answer, at most 32
 * MiB. Another program may have the port, and send what it likes for as long as it likes.
 */
public final class HttpAdminPort implements AdminPort {
  private static final int CONNECT_MILLIS = 3_000;
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 32 << 20;
  private static final int PART = 8_192;
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.[01] ([1-5][0-9][0-9])\\b.*?\r\n\r\n", Pattern.DOTALL);

  private final Duration answer;

  /** The port with its usual limits. */
  public HttpAdminPort() {
    this(ANSWER);
  }

  HttpAdminPort(Duration answer) {
    this.answer = answer;
  }

  @Override
  public Answer get(InetSocketAddress at, String path) throws IOException {
    InetAddress resolved = InetAddress.getByName(at.getHostString());
    String address = resolved.getHostAddress();
    String host = address.contains(":") ? "[" + address + "]" : address;
    String request = "GET " + path + " HTTP/1.0\r\nHost: " + host + ":" + at.getPort() + "\r\n\r\n";
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      socket.connect(new InetSocketAddress(resolved, at.getPort()), CONNECT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return answer(new String(read(socket), StandardCharsets.UTF_8));
    }
  }

  /** What comes until the other end closes. */
  private byte[] read(Socket socket) throws IOException {
    long end = System.nanoTime() + answer.toNanos();
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] part = new byte[PART];
    while (out.size() < MOST_BYTES) {
      long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
      if (left <= 0) {
        throw new SocketTimeoutException("no whole answer in time");
      }
      socket.setSoTimeout((int) left);
      int read = in.read(part);
      if (read < 0) {
        break;
      }
      out.write(part, 0, read);
    }
    return out.toByteArray();
  }

  private static Answer answer(String text) throws IOException {
    Matcher head = HEAD.matcher(text);
    if (!head.lookingAt()) {
      throw new IOException("no answer over HTTP");
    }
    return new Answer(Integer.parseInt(head.group(1)), text.substring(head.end()));
  }
}
