package org.entente.loadtests.raw;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.loadtests.traffic.PeerTls;
import org.jspecify.annotations.Nullable;

/**
 * One process of a chain that only forwards messages over gRPC with the gateways' TLS: the least
 * that a gateway can cost. It has no back pressure of its own: the load keeps a bounded number of
 * messages in the chain.
 *
 * <p>Arguments: address to listen on, certificate, key, CA, the address of the next process (empty:
 * none, this is the last of its chain), and a folder for what it forwards (empty: keep nothing).
 * Calls are never kept.
 */
final class PassThrough {
  private static final int NEXT = 4;
  private static final int FOLDER = 5;
  private static final int KEEP_ALIVE_SECONDS = 9;

  private static final byte[] NOTHING = {};

  private final @Nullable ManagedChannel next;
  private final @Nullable SyncedFile kept;
  private @Nullable StreamObserver<byte[]> ofCalls;
  private volatile @Nullable StreamObserver<byte[]> subscriber;

  private PassThrough(@Nullable ManagedChannel next, @Nullable SyncedFile kept) {
    this.next = next;
    this.kept = kept;
  }

  /** Serves until standard input ends, which happens when the starting process ends. */
  public static void main(String[] arguments) throws IOException {
    String[] address = arguments[0].split(":", 2);
    Credentials credentials =
        new Credentials(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
    PassThrough link =
        new PassThrough(
            arguments[NEXT].isEmpty() ? null : Channels.open(arguments[NEXT], credentials),
            arguments[FOLDER].isEmpty() ? null : SyncedFile.in(Path.of(arguments[FOLDER])));
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(address[0], Integer.parseInt(address[1])))
            .sslContext(PeerTls.serving(credentials))
            // As in gateways: the clients' channels send keepalives every 30 s.
            .permitKeepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
            // It never blocks, so other threads would not help.
            .directExecutor()
            .addService(link.service())
            .build()
            .start();
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // No message is sent.
    }
    server.shutdownNow();
    System.exit(0);
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(RawMethods.SERVICE)
        .addMethod(RawMethods.FORWARD, ServerCalls.asyncBidiStreamingCall(this::forward))
        .addMethod(RawMethods.CALL, ServerCalls.asyncUnaryCall(this::call))
        .addMethod(RawMethods.RECEIVE, ServerCalls.asyncServerStreamingCall(this::receive))
        .build();
  }

  private void receive(byte[] request, StreamObserver<byte[]> responses) {
    subscriber = responses;
    responses.onNext(request);
  }

  private StreamObserver<byte[]> forward(StreamObserver<byte[]> responses) {
    ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) responses;
    // Requesting messages one by one would cost two thread switches for each.
    call.disableAutoRequest();
    call.request(Integer.MAX_VALUE);
    return new ForwardingObserver(onward(), responses, kept);
  }

  private void call(byte[] request, StreamObserver<byte[]> responses) {
    synchronized (this) {
      if (ofCalls == null) {
        // Not the call's own context, whose end would end the stream.
        Context.ROOT.run(() -> ofCalls = onward());
      }
      Objects.requireNonNull(ofCalls).onNext(request);
    }
    responses.onNext(NOTHING);
    responses.onCompleted();
  }

  /** The next process of the chain, or at its end the subscriber. */
  private StreamObserver<byte[]> onward() {
    StreamObserver<byte[]> to =
        next == null
            ? subscriber
            : ClientCalls.asyncBidiStreamingCall(
                next.newCall(RawMethods.FORWARD, CallOptions.DEFAULT), new IgnoringObserver());
    if (to == null) {
      throw new IllegalStateException("no receiver is connected yet");
    }
    return to;
  }

  /** Forwards each message on arrival, or once it is kept. */
  private record ForwardingObserver(
      StreamObserver<byte[]> to, StreamObserver<byte[]> responses, @Nullable SyncedFile kept)
      implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {
      if (kept == null) {
        to.onNext(message);
      } else {
        kept.append(message, to);
      }
    }

    @Override
    public void onError(Throwable failure) {
      // The load notices: its own stream ends, and no more messages arrive.
    }

    @Override
    public void onCompleted() {
      to.onCompleted();
      responses.onCompleted();
    }
  }

  private static final class IgnoringObserver implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
