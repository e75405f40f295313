package org.entente.gateway.link;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.IntSupplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.MemoryPorts;
import org.entente.gateway.trust.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's links with a real server on the loopback address. Without TLS: who calls is said in a
 * header, which stands for the certificate.
 */
final class TestNode implements AutoCloseable {
  private static final Metadata.Key<String> CALLER =
      Metadata.Key.of("test-caller", Metadata.ASCII_STRING_MARSHALLER);

  final PeerName name;
  final MemoryPorts ports;
  private final LinkSettings settings;
  private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
  private final ExecutorService workers = Executors.newFixedThreadPool(3);
  private @Nullable PeerLinks links;
  private @Nullable Server server;
  private volatile int port;

  TestNode(String agency, MemoryPorts ports, LinkSettings settings) {
    this.name = name(agency);
    this.ports = ports;
    this.settings = settings;
  }

  static PeerName name(String agency) {
    return new PeerName(new AgencyName(agency), new NodeName("gw-1"));
  }

  /** Starts, or starts again as a new process would: only the ports are the same. */
  TestNode start() throws IOException {
    if (port == 0) {
      port = LoopbackPort.next();
    }
    links =
        new PeerLinks(
            name,
            ports,
            settings,
            Timers.of(timers),
            workers,
            InstantSource.system(),
            new Random(name.hashCode()));
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                InsecureServerCredentials.create())
            .addService(links.service())
            .intercept(new CallerFromHeader())
            .build()
            .start();
    return this;
  }

  /** Starts at a port that is free. */
  TestNode start(int at) throws IOException {
    port = at;
    return start();
  }

  /** Ends as a process would; the ports stay. */
  void stop() {
    links().close();
    if (server != null) {
      server.shutdownNow();
      awaitEnd(server);
      LoopbackPort.awaitFree(port);
    }
  }

  private static void awaitEnd(Server server) {
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  PeerLinks links() {
    if (links == null) {
      throw new IllegalStateException("not started");
    }
    return links;
  }

  int port() {
    return port;
  }

  AgencyName agency() {
    return name.agency();
  }

  /** Dials another at a port on which it, or something before it, listens already. */
  void dial(TestNode other, IntSupplier atPort) {
    dial(other, List.of(atPort.getAsInt()));
  }

  /** Dials another at the ports, one after another. */
  void dial(TestNode other, List<Integer> ports) {
    links()
        .dial(
            other.name,
            ports.stream().map(at -> new Endpoint("127.0.0.1", at)).toList(),
            at -> channel(name, at.port()));
  }

  /** A connection by somebody who claims to be this gateway. */
  static ManagedChannel channel(PeerName caller, int port) {
    return NettyChannelBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .usePlaintext()
        .intercept(new CallerInHeader(caller))
        .build();
  }

  LaneStatus lane(TestNode peer, org.entente.gateway.model.Lane lane) {
    return links().status().stream()
        .filter(status -> status.peer().equals(peer.agency()))
        .map(status -> status.lanes().get(lane.number() - 1))
        .findFirst()
        .orElseThrow();
  }

  /** Whether the control stream and all lanes to a peer stand. */
  boolean isConnectedTo(TestNode peer) {
    return links().status().stream()
        .filter(status -> status.peer().equals(peer.agency()))
        .anyMatch(status -> status.up() && status.lanes().stream().allMatch(LaneStatus::connected));
  }

  @Override
  public void close() {
    stop();
    timers.shutdownNow();
    workers.shutdown();
  }

  private record CallerInHeader(PeerName caller) implements ClientInterceptor {
    @Override
    public <A, B> ClientCall<A, B> interceptCall(
        MethodDescriptor<A, B> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
          headers.put(CALLER, caller.agency().value());
          super.start(listener, headers);
        }
      };
    }
  }

  private static final class CallerFromHeader implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String caller = headers.get(CALLER);
      Context context = Context.current();
      return Contexts.interceptCall(
          caller == null ? context : context.withValue(LinkContext.PEER, name(caller)),
          call,
          headers,
          next);
    }
  }
}
