package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.rpc.server.CallCost;
import org.entente.gateway.rpc.server.CallGuard;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.CallerShares;
import org.entente.gateway.rpc.server.Connections;
import org.entente.gateway.rpc.server.GuardedServer;
import org.entente.gateway.rpc.server.MalformedRequests;
import org.entente.gateway.rpc.server.MessageBuffers;
import org.entente.gateway.rpc.server.RequestPace;
import org.entente.gateway.rpc.server.ServerSettings;
import org.entente.gateway.rpc.server.ServiceMethods;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.gateway.rpc.tls.ConnectionIdentities;
import org.entente.gateway.rpc.tls.TlsContexts;

/**
 * The gRPC server of the agency's own clients: Publisher, Release, Subscriber, Search, Risk,
 * Evidence, Requests, Operations, IprProcedure, Audit, Retention, Tasking, Keys, Quarantine, Links,
 * Subscriptions, Backups, Cap, PolicyTools, gRPC health and, where configured, reflection. A caller
 * without a certificate of a configured client fails in the TLS handshake; one without the scope
 * that a call needs gets PERMISSION_DENIED, and a call that writes and can wait gets STORAGE_FULL
 * while the disk is full.
 *
 * <p>Safe for use by many threads. The caller of {@link #start} closes it.
 */
public final class ClientServer implements AutoCloseable {
  private final GuardedServer server;
  private final HealthStatusManager health;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ClientServer(GuardedServer server, HealthStatusManager health) {
    this.server = server;
    this.health = health;
  }

  /**
   * Starts to listen; health reports NOT_SERVING until {@link #serving}.
   *
   * @param reflection whether to offer reflection
   * @param turns runs the turns of streams; not shut down by the server
   * @throws IOException if it cannot listen on the address or use the certificate
   */
  public static ClientServer start(
      ServerSettings settings,
      TlsContexts tls,
      ClientTrust trust,
      OfferedServices offered,
      boolean reflection,
      Executor turns)
      throws IOException {
    int messageBytes = settings.limits().messageBytes();
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
    NettyServerBuilder builder =
        GuardedServer.builder(
            settings, tls.clientServer(trust.inHandshake()), messageBytes + GuardedServer.OVERHEAD);
    MalformedRequests malformed = new MalformedRequests(settings, Meters.Side.CLIENT);
    ServiceContext context =
        new ServiceContext(
            offered.names(),
            settings.executor(),
            turns,
            settings.clock(),
            settings.timers(),
            malformed::draft);
    malformed.addTo(
        builder, offered.services().stream().map(service -> service.with(context)).toList());
    malformed.addTo(builder, List.of(open(health.getHealthService())));
    if (reflection) {
      malformed.addTo(builder, List.of(open(ProtoReflectionServiceV1.newInstance())));
    }
    Meters meters = settings.meters();
    ConnectionIdentities callers = new ConnectionIdentities(trust, settings.clock());
    CallerShares shares = CallerShares.ofClients(settings.accounts());
    Connections connections =
        new Connections(settings.limits(), trust, meters, Meters.Side.CLIENT, shares);
    CallGuard guard =
        new CallGuard(
            callers,
            (call, caller) -> Caller.within(Caller.in(call, caller), offered.fullDisk()),
            meters,
            Meters.Side.CLIENT,
            shares,
            connections);
    builder.addStreamTracerFactory(new MessageBuffers());
    builder.intercept(new RequestPace(settings.timers()));
    GuardedServer.shareThreads(builder, settings, callers);
    return new ClientServer(
        GuardedServer.start(builder, trust, callers, connections, guard), health);
  }

  private static BindableService open(BindableService library) {
    return () -> ServiceMethods.open(library.bindService(), CallCost.LOOKUP);
  }

  /** The address on which it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  /** Sets the state of gRPC health. */
  public void serving(boolean serving) {
    health.setStatus(
        HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
        serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /**
   * Ends every call and connection whose caller's identity is no longer valid, and the calls of
   * callers that lost a scope; called when the clients or the trust bundle change, and periodically
   * as certificates expire.
   *
   * @return calls ended
   */
  public int recheck() {
    int ended = server.recheck();
    server.recheckConnections();
    return ended;
  }

  /** The number of open connections, including those in handshakes. */
  public int openConnections() {
    return server.openConnections();
  }

  /** The services that it offers. */
  List<ServerServiceDefinition> services() {
    return server.services();
  }

  /** The number of open calls. */
  public int openCalls() {
    return server.openCalls();
  }

  /** Sets health to NOT_SERVING, gives open calls a few seconds to end, and closes the server. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      health.enterTerminalState();
      server.close();
    }
  }
}
