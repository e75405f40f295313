package org.entente.gateway.rpc;

import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;

import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.InvalidKeyException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.ClientGrant;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.identity.Scope;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.rpc.server.ServerSettings;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.gateway.rpc.tls.PeerTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.rpc.tls.TlsIdentity;
import org.entente.gateway.testkit.TestFederation;
import org.entente.gateway.testkit.TlsHolder;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.jspecify.annotations.Nullable;

/**
 * Both servers of a gateway of {@code fr.customs} on loopback, over throwaway parts, and whoever
 * calls them. Clients are {@code all} (every scope but a rights holder's), {@code publisher},
 * {@code second} (as all), and the rights holders {@code holder} and {@code other-holder}.
 */
public final class Edge implements AutoCloseable {
  final TestFederation federation =
      new TestFederation(Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS));
  public final Meters meters = new Meters();
  public final ServerBackend behind = new ServerBackend();

  /** Agencies with which the gateway has a link. */
  Set<AgencyName> linked = Set.of(DE, new AgencyName("x.hub"), new AgencyName("sg.police"));

  /** The service of the port of peers. */
  BindableService link = new EchoLink();

  /** What the agencies that are dialled hold. */
  Accounts dialled = Accounts.ofAgencies(NodeConfig.Limits.DEFAULT, System::nanoTime);

  final List<Problem> refused = new CopyOnWriteArrayList<>();
  final PeerTrust peerTrust;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timing = Executors.newSingleThreadScheduledExecutor();

  /** What the accounts of clients, and streams beyond their rate, wait by. */
  Timers timers = Timers.of(timing);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final ClientTrust clientTrust;
  private final TlsHolder own;

  /** Why handshakes of clients were refused. */
  final List<Problem> refusedClients = new CopyOnWriteArrayList<>();

  /** The clients; a test may replace them. */
  volatile ClientRegistry registered;

  private volatile TrustBundle bundle;
  private Accounts used = dialled;
  private @Nullable ClientServer clients;
  private @Nullable PeerServer peers;

  public Edge() {
    bundle = federation.bundle(federation.content(1));
    own = gateway("fr.customs");
    Set<Scope> all = EnumSet.complementOf(EnumSet.of(Scope.RIGHTS_HOLDER));
    Set<Scope> holder = Set.of(Scope.RIGHTS_HOLDER);
    registered =
        ClientRegistry.of(
            FR,
            Stream.concat(
                    Stream.of(
                        new ClientGrant(new NodeName("all"), all),
                        new ClientGrant(new NodeName("second"), all),
                        new ClientGrant(new NodeName("holder"), holder),
                        new ClientGrant(new NodeName("other-holder"), holder),
                        new ClientGrant(new NodeName("engine"), Set.of(Scope.SCORE)),
                        new ClientGrant(new NodeName("publisher"), Set.of(Scope.PUBLISH))),
                    Stream.of(Scope.values())
                        .map(it -> new ClientGrant(new NodeName(only(it)), Set.of(it))))
                .toList());
    clientTrust =
        new ClientTrust(
            () -> registered, () -> bundle, InstantSource.system(), refusedClients::add);
    peerTrust = trustOf(FR);
  }

  /** The name of a client that has this scope and no other. */
  static String only(Scope scope) {
    return "only-" + scope.toString().replace('_', '-');
  }

  private PeerTrust trustOf(AgencyName agency) {
    return new PeerTrust(
        new PeerIdentity(agency, Duration.ofDays(1)),
        () -> bundle,
        InstantSource.system(),
        refused::add);
  }

  /** The defaults, but for what one client may take. */
  public static NodeConfig.Limits limits(NodeConfig.PerClient each) {
    return new NodeConfig.Limits(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, each, null);
  }

  public ClientServer startClients(NodeConfig.Limits limits, boolean reflection)
      throws IOException {
    ClientServer started =
        ClientServer.start(
            settings(limits, Accounts.ofClients(limits, timers::nanos)),
            tls(own),
            clientTrust,
            behind.offered(),
            reflection,
            executor);
    clients = started;
    return started;
  }

  public ClientServer startClients(TlsContexts tls) throws IOException {
    ClientServer started =
        ClientServer.start(
            settings(
                NodeConfig.Limits.DEFAULT,
                Accounts.ofClients(NodeConfig.Limits.DEFAULT, System::nanoTime)),
            tls,
            clientTrust,
            behind.offered(),
            true,
            executor);
    clients = started;
    return started;
  }

  public ClientServer startClients() throws IOException {
    return startClients(NodeConfig.Limits.DEFAULT, true);
  }

  /** A channel of a client to the port of clients, which is started if it is not yet. */
  public ManagedChannel calling(String client) {
    try {
      return channel((clients == null ? startClients() : clients).address(), client(client));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public PeerServer startPeers() throws IOException {
    return startPeers(NodeConfig.Limits.DEFAULT);
  }

  public PeerServer startPeers(NodeConfig.Limits limits) throws IOException {
    PeerServer started =
        PeerServer.start(
            settings(limits, Accounts.ofAgencies(limits, System::nanoTime)),
            tls(own),
            peerTrust,
            link,
            () -> linked);
    peers = started;
    return started;
  }

  private ServerSettings settings(NodeConfig.Limits limits, Accounts accounts) {
    used = accounts;
    return new ServerSettings(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        limits,
        accounts,
        executor,
        InstantSource.system(),
        timers,
        meters);
  }

  /** The accounts of the callers of the server that was started last. */
  public Accounts accounts() {
    return used;
  }

  public static TlsIdentity identity(TlsHolder holder) {
    try {
      return new TlsIdentity(holder.key(), holder.chain());
    } catch (InvalidKeyException e) {
      throw new AssertionError(e);
    }
  }

  public static TlsContexts tls(TlsHolder holder) {
    return new TlsContexts(identity(holder));
  }

  /** What another agency's gateway dials with. */
  PeerChannels dialler(AgencyName agency, TlsHolder holder) {
    return new PeerChannels(tls(holder), trustOf(agency), 8_192, executor, dialled, meters);
  }

  /** The gateway itself. */
  public TlsHolder own() {
    return own;
  }

  /** The right holder of an agency's gateway certificate. */
  public TlsHolder gateway(String agency) {
    return holder(agency, agency + "/gateway/gw-1");
  }

  /** What an agency's gateway is known as to the gateway. */
  public Result<Identified> peer(String agency) {
    return trustOf(new AgencyName("us.cbp")).identify(gateway(agency).chain());
  }

  /** A client of {@code fr.customs}. */
  public TlsHolder client(String name) {
    return holder("fr.customs", "fr.customs/client/" + name);
  }

  /** Somebody with any identity from any agency's CA. */
  public TlsHolder holder(String issuer, String path) {
    return TlsHolder.issue(
        federation.authority(issuer),
        "spiffe://" + TestFederation.NAME + "/agency/" + path,
        federation.start(),
        federation.start().plus(TestFederation.LIFETIME));
  }

  /** Puts a bundle in force in which a certificate of an agency is revoked. */
  void revoke(String agency, X509Certificate certificate) {
    List<Member> members = new ArrayList<>();
    for (Member member : bundle.content().agencies()) {
      members.add(
          member.name().value().equals(agency)
              ? new Member(
                  member.name(),
                  member.jurisdiction(),
                  member.kind(),
                  member.roles(),
                  member.authorities(),
                  member.signing(),
                  member.audit(),
                  member.endpoints(),
                  member.via(),
                  List.of(Fingerprint.ofKey(certificate).hex()))
              : member);
    }
    bundle = federation.bundle(federation.content(bundle.version() + 1, members));
  }

  /** A channel with these groups to a port of the gateway; without a holder, no certificate. */
  public ManagedChannel channel(InetSocketAddress to, @Nullable TlsHolder holder, String... groups)
      throws SSLException {
    return closedAtEnd(calling(to, callerTls(holder, groups)).build());
  }

  /** A channel whose caller takes nothing of an answer that it did not ask for. */
  ManagedChannel reluctantChannel(InetSocketAddress to, TlsHolder holder) throws SSLException {
    return closedAtEnd(calling(to, callerTls(holder)).flowControlWindow(64 << 10).build());
  }

  private static NettyChannelBuilder calling(InetSocketAddress to, SslContext tls) {
    return NettyChannelBuilder.forAddress(to).overrideAuthority("localhost").sslContext(tls);
  }

  /** TLS of a caller with these groups; without a holder, no certificate. */
  public SslContext callerTls(@Nullable TlsHolder holder, String... groups) throws SSLException {
    SslContextBuilder builder = SslContextBuilder.forClient();
    if (holder != null) {
      builder.keyManager(holder.key(), holder.chain());
    }
    GrpcSslContexts.configure(builder, SslProvider.OPENSSL)
        .protocols("TLSv1.3")
        .trustManager(federation.authority("fr.customs").certificate());
    if (groups.length > 0) {
      builder.option(OpenSslContextOption.GROUPS, groups);
    }
    return builder.build();
  }

  ManagedChannel closedAtEnd(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    if (clients != null) {
      clients.close();
    }
    if (peers != null) {
      peers.close();
    }
    behind.close();
    executor.shutdownNow();
    timing.shutdownNow();
  }
}
