package org.entente.gateway.rpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.link.LinkContext;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.rpc.server.CallGuard;
import org.entente.gateway.rpc.server.Caller;
import org.entente.gateway.rpc.server.CallerShares;
import org.entente.gateway.rpc.server.Connections;
import org.entente.gateway.rpc.server.GuardedServer;
import org.entente.gateway.rpc.server.MalformedRequests;
import org.entente.gateway.rpc.server.MessageBuffers;
import org.entente.gateway.rpc.server.ServerSettings;
import org.entente.gateway.rpc.tls.ConnectionIdentities;
import org.entente.gateway.rpc.tls.PeerTrust;
import org.entente.gateway.rpc.tls.TlsContexts;

/**
 * The gRPC server that other gateways dial. A caller that is not a gateway of another member, or
 * does not offer the hybrid group, fails in the TLS handshake.
 *
 * <p>Safe for use by many threads. The caller of {@link #start} closes it.
 */
public final class PeerServer implements AutoCloseable {
  /**
   * Largest gRPC message between gateways: the largest envelope that any configuration allows, its
   * padding, and the deliveries packed with it.
   */
  public static final int MESSAGE_BYTES = 40 << 20;

  private final GuardedServer server;

  private PeerServer(GuardedServer server) {
    this.server = server;
  }

  /**
   * Starts to listen.
   *
   * @param link the service between gateways, which finds the peer in {@link LinkContext#PEER}
   * @param linked agencies with which this gateway has a link; calls of others are refused
   * @throws IOException if the address cannot be taken, or the certificate not be used
   */
  public static PeerServer start(
      ServerSettings settings,
      TlsContexts tls,
      PeerTrust trust,
      BindableService link,
      Supplier<Set<AgencyName>> linked)
      throws IOException {
    NettyServerBuilder builder =
        GuardedServer.builder(settings, tls.peerServer(trust.inHandshake()), MESSAGE_BYTES);
    new MalformedRequests(settings, Meters.Side.PEER).addTo(builder, List.of(link));
    Meters meters = settings.meters();
    ConnectionIdentities callers = new ConnectionIdentities(trust, settings.clock());
    CallerShares shares = CallerShares.ofAgencies(settings.accounts(), linked);
    Connections connections =
        new Connections(settings.limits(), trust, meters, Meters.Side.PEER, shares);
    CallGuard guard =
        new CallGuard(callers, PeerServer::in, meters, Meters.Side.PEER, shares, connections);
    builder.addStreamTracerFactory(new MessageBuffers());
    GuardedServer.runShortMessagesHere(builder, settings);
    return new PeerServer(GuardedServer.start(builder, trust, callers, connections, guard));
  }

  private static Context in(Context context, Identified peer) {
    return Caller.in(context, peer)
        .withValue(LinkContext.MESSAGES, MessageBuffers.messages(context))
        .withValue(LinkContext.PEER, new PeerName(peer.agency(), peer.name()));
  }

  /** The address on which it listens. */
  public InetSocketAddress address() {
    return server.address();
  }

  /**
   * Ends every call of a peer whose identity is no longer valid; called when the trust bundle
   * changes, and periodically as certificates expire. Its connection stays until the next round, so
   * that the peer reads why, and each further call on it is refused. The same for the connection of
   * an agency without a link.
   *
   * @return calls ended
   */
  public int recheck() {
    int ended = server.recheck();
    server.recheckConnectionsAgain();
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

  /** Gives open calls a few seconds to end, then closes the server. */
  @Override
  public void close() {
    server.close();
  }
}
