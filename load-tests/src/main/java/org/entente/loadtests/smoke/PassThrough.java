package org.entente.loadtests.smoke;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.jspecify.annotations.Nullable;

/**
 * One link of a chain that does nothing but pass messages on over gRPC and the gateways' TLS: the
 * floor under what a gateway can cost. It has no back pressure of its own: the load keeps a bounded
 * number of messages in the chain.
 *
 * <p>Arguments: address to listen on, certificate, key, CA, and for all but the last of a chain the
 * address of the next.
 */
final class PassThrough {
  private static final int FIXED_ARGUMENTS = 4;

  private final @Nullable ManagedChannel next;
  private volatile @Nullable StreamObserver<byte[]> subscriber;

  private PassThrough(@Nullable ManagedChannel next) {
    this.next = next;
  }

  /** Serves until the process ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String[] address = arguments[0].split(":", 2);
    Credentials credentials =
        new Credentials(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
    boolean last = arguments.length == FIXED_ARGUMENTS;
    PassThrough link =
        new PassThrough(last ? null : Channels.open(arguments[FIXED_ARGUMENTS], credentials));
    Server server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(address[0], Integer.parseInt(address[1])))
            .sslContext(PeerTls.serving(credentials))
            .addService(link.service())
            .build()
            .start();
    System.out.println("ready");
    server.awaitTermination();
  }

  private ServerServiceDefinition service() {
    return ServerServiceDefinition.builder(RawMethods.SERVICE)
        .addMethod(RawMethods.FORWARD, ServerCalls.asyncBidiStreamingCall(this::forward))
        .addMethod(RawMethods.RECEIVE, ServerCalls.asyncServerStreamingCall(this::receive))
        .build();
  }

  private void receive(byte[] request, StreamObserver<byte[]> responses) {
    subscriber = responses;
    responses.onNext(request);
  }

  private StreamObserver<byte[]> forward(StreamObserver<byte[]> responses) {
    StreamObserver<byte[]> to =
        next == null
            ? subscriber
            : ClientCalls.asyncBidiStreamingCall(
                next.newCall(RawMethods.FORWARD, CallOptions.DEFAULT), new Ignoring());
    if (to == null) {
      throw new IllegalStateException("nobody receives yet");
    }
    return new Passing(to, responses);
  }

  /** Hands each message on as it comes. */
  private record Passing(StreamObserver<byte[]> to, StreamObserver<byte[]> responses)
      implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {
      to.onNext(message);
    }

    @Override
    public void onError(Throwable failure) {
      to.onError(failure);
    }

    @Override
    public void onCompleted() {
      to.onCompleted();
      responses.onCompleted();
    }
  }

  private static final class Ignoring implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] message) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
