package org.entente.gateway.cluster;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.apache.ratis.thirdparty.io.grpc.Attributes;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.ServerTransportFilter;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Checks, with each message of a call, that the other side of its connection is still a node. A
 * handshake alone would let a stolen certificate keep what it opened before it was revoked, and
 * Raft keeps its streams for as long as a node leads.
 *
 * <p>The result is cached with the connection until trust changes, and for at most {@link #KEPT},
 * since certificates also expire. Safe for many threads.
 */
final class NodeConnections extends ServerTransportFilter implements ServerInterceptor {
  private static final Duration KEPT = Duration.ofSeconds(10);
  private static final Status REFUSED =
      Status.PERMISSION_DENIED.withDescription("this certificate is no longer that of a node");
  private static final X509Certificate[] NONE = {};
  private static final Attributes.Key<Connection> CONNECTION =
      Attributes.Key.create("entente-node-connection");

  private final X509ExtendedTrustManager trust;
  private final Runnable onEnd;
  private final AtomicLong generation = new AtomicLong();

  /**
   * No connections yet.
   *
   * @param onEnd run after each connection, on a thread of the network: it must not wait
   */
  NodeConnections(X509ExtendedTrustManager trust, Runnable onEnd) {
    this.trust = trust;
    this.onEnd = onEnd;
  }

  /** Drops all cached results, because trust has changed. */
  void forget() {
    generation.incrementAndGet();
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(CONNECTION, new Connection(chain(attributes))).build();
  }

  /** Without attributes, its handshake had not ended. */
  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    if (attributes != null && attributes.get(CONNECTION) != null) {
      onEnd.run();
    }
  }

  private static X509Certificate[] chain(Attributes attributes) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    if (session == null) {
      return NONE;
    }
    try {
      return Arrays.stream(session.getPeerCertificates())
          .filter(X509Certificate.class::isInstance)
          .toArray(X509Certificate[]::new);
    } catch (SSLPeerUnverifiedException e) {
      return NONE;
    }
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    Connection connection = call.getAttributes().get(CONNECTION);
    if (connection == null || !connection.isTrusted()) {
      call.close(REFUSED, new Metadata());
      return new ServerCall.Listener<>() {};
    }
    CheckedCall<A, B> checked = new CheckedCall<>(call, connection);
    return new SimpleForwardingServerCallListener<>(next.startCall(checked, headers)) {
      @Override
      public void onMessage(A message) {
        if (checked.mayGoOn()) {
          super.onMessage(message);
        }
      }
    };
  }

  private record Answer(boolean trusted, long generation, long nanos) {}

  private final class Connection {
    private final X509Certificate[] chain;
    private volatile @Nullable Answer last;

    Connection(X509Certificate[] chain) {
      this.chain = chain;
    }

    boolean isTrusted() {
      Answer kept = last;
      long now = generation.get();
      long nanos = System.nanoTime();
      if (kept == null || kept.generation != now || nanos - kept.nanos > KEPT.toNanos()) {
        kept = new Answer(check(), now, nanos);
        last = kept;
      }
      return kept.trusted;
    }

    private boolean check() {
      if (chain.length == 0) {
        return false;
      }
      try {
        // Whoever it is, the trust manager looks at the chain only, and reports why it refuses it.
        trust.checkClientTrusted(chain, "UNKNOWN");
        return true;
      } catch (CertificateException e) {
        return false;
      }
    }
  }

  /** Ends from outside, whatever its service does at the same time. */
  private static final class CheckedCall<A, B> extends SimpleForwardingServerCall<A, B> {
    private final Connection connection;
    private boolean ended;

    CheckedCall(ServerCall<A, B> call, Connection connection) {
      super(call);
      this.connection = connection;
    }

    synchronized boolean mayGoOn() {
      if (!ended && !connection.isTrusted()) {
        ended = true;
        super.close(REFUSED, new Metadata());
      }
      return !ended;
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (mayGoOn()) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(B message) {
      if (mayGoOn()) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!ended) {
        ended = true;
        super.close(status, trailers);
      }
    }
  }
}
