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
 * Notes who answers the calls of a channel: the SPIFFE ID in the certificate that TLS verified.
 * Safe for use by many threads.
 */
public final class ServerIdentityInterceptor implements ClientInterceptor {
  private volatile @Nullable URI identity;

  /** Who answered last; empty before the first answer, or if it named nobody. */
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
        // A refusal comes without headers; without a connection there is nobody to note.
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
