package org.entente.gateway.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.entente.gateway.crypto.Certificates;
import org.jspecify.annotations.Nullable;

/**
 * Records the server that answers a channel's calls: the SPIFFE ID in the certificate verified by
 * TLS. Safe for use by several threads.
 */
public final class ServerIdentityInterceptor implements ClientInterceptor {
  private volatile @Nullable URI identity;

  /**
   * The server of the latest answer; empty before the first answer, or if its certificate has no
   * such ID.
   */
  public Optional<URI> identity() {
    return Optional.ofNullable(identity);
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<A> listener, Metadata headers) {
        super.start(noting(listener, this), headers);
      }
    };
  }

  private <A> ClientCall.Listener<A> noting(
      ClientCall.Listener<A> listener, ClientCall<?, A> call) {
    return new SimpleForwardingClientCallListener<>(listener) {
      @Override
      public void onHeaders(Metadata headers) {
        note(call);
        super.onHeaders(headers);
      }

      @Override
      public void onClose(Status status, Metadata trailers) {
        // A refusal has no headers; a failed connection has no server.
        note(call);
        super.onClose(status, trailers);
      }
    };
  }

  private void note(ClientCall<?, ?> call) {
    shown(call.getAttributes()).flatMap(Certificates::spiffeId).ifPresent(id -> identity = id);
  }

  private static Optional<X509Certificate> shown(Attributes attributes) {
    SSLSession session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      Certificate[] chain = session == null ? new Certificate[0] : session.getPeerCertificates();
      return chain.length > 0 && chain[0] instanceof X509Certificate own
          ? Optional.of(own)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }
}
