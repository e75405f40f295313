package org.entente.gateway.rpc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.entente.gateway.testkit.TlsHolder;

/** HTTP/2 (RFC 9113) frame by frame over the JDK's TLS, which knows no post-quantum group. */
public final class RawClient implements AutoCloseable {
  static final int HEADERS = 1;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;
  static final int ENHANCE_YOUR_CALM = 11;

  private static final int PATIENCE_MILLIS = 60_000;
  private static final char[] PASSWORD = "test".toCharArray();

  private final SSLContext context;
  private final SSLSocket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** A frame as it came. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(int type, byte[] payload) {}

  private RawClient(SSLContext context, SSLSocket socket) throws IOException {
    this.context = context;
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = new DataOutputStream(socket.getOutputStream());
  }

  /** Finishes its side of a handshake with one TLS version; throws if the server refuses. */
  public static RawClient connect(InetSocketAddress to, TlsHolder holder, String version)
      throws IOException, GeneralSecurityException {
    return connect(to, context(holder), version);
  }

  /** Another connection, which resumes this one's session if the server lets it. */
  RawClient again() throws IOException {
    InetSocketAddress to = new InetSocketAddress(socket.getInetAddress(), socket.getPort());
    return connect(to, context, version());
  }

  private static RawClient connect(InetSocketAddress to, SSLContext context, String version)
      throws IOException {
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(to, PATIENCE_MILLIS);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      parameters.setProtocols(new String[] {version});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return new RawClient(context, socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static SSLContext context(TlsHolder holder) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    store.setKeyEntry("own", holder.key(), PASSWORD, holder.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), new TrustManager[] {new TrustsAll()}, new SecureRandom());
    return context;
  }

  /** What the server showed. */
  public X509Certificate certificate() throws SSLPeerUnverifiedException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  String version() {
    return socket.getSession().getProtocol();
  }

  /** Sends the preface and empty settings. */
  void begin() throws IOException {
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(SETTINGS, 0, 0, new byte[0]);
  }

  /** Sends a frame. */
  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >>> 16);
    frame.write(payload.length >>> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(stream >>> shift);
    }
    frame.write(payload);
    out.write(frame.toByteArray());
  }

  /** Reads on to the next frame of a type; throws at the end of the connection. */
  Frame await(int type) throws IOException {
    while (true) {
      int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      int found = in.readUnsignedByte();
      in.skipNBytes(5);
      byte[] payload = in.readNBytes(length);
      if (found == type) {
        return new Frame(found, payload);
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static final class TrustsAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String authType) {
      // Here only what the server asks of its callers is tried.
    }

    @Override
    public java.security.cert.X509Certificate[] getAcceptedIssuers() {
      return new java.security.cert.X509Certificate[0];
    }
  }
}
