package org.entente.gateway.node.assembly;

import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.PeerIdentity;
import org.entente.gateway.link.PeerLinks;
import org.entente.gateway.link.PeerName;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.rpc.ClientServer;
import org.entente.gateway.rpc.OfferedServices;
import org.entente.gateway.rpc.PeerChannels;
import org.entente.gateway.rpc.PeerServer;
import org.entente.gateway.rpc.server.ServerSettings;
import org.entente.gateway.rpc.tls.ClientTrust;
import org.entente.gateway.rpc.tls.PeerTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.rpc.tls.TlsIdentity;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.TrustBundle;
import org.jspecify.annotations.Nullable;

/** The node's sockets: the servers of peers and clients, and the peers it dials. */
final class GatewayNetwork {
  private static final Duration TRUST_GRACE = Duration.ofDays(3);

  private final ClientServer clients;
  private final ClientTrust clientTrust;
  private final @Nullable PeerServer peers;
  private final PeerChannels channels;
  private final PeerLinks links;
  private final List<NodeConfig.Link> configured;
  private final Set<AgencyName> left = new HashSet<>();

  /**
   * Settings of the servers.
   *
   * @param clients settings of the client server
   * @param peers the address of the peer port; null if this node only dials
   * @param links runs the streams to peers, so that client calls cannot delay them
   * @param agencies accounts of peers
   */
  record Servers(
      ServerSettings clients,
      @Nullable InetSocketAddress peers,
      Executor links,
      Executor turns,
      Accounts agencies) {
    private ServerSettings at(InetSocketAddress address) {
      return new ServerSettings(
          address,
          clients.limits(),
          agencies,
          links,
          clients.clock(),
          clients.timers(),
          clients.meters());
    }
  }

  private GatewayNetwork(
      ClientServer clients,
      ClientTrust clientTrust,
      @Nullable PeerServer peers,
      PeerChannels channels,
      PeerLinks links,
      List<NodeConfig.Link> configured) {
    this.clients = clients;
    this.clientTrust = clientTrust;
    this.peers = peers;
    this.channels = channels;
    this.links = links;
    this.configured = configured;
  }

  /**
   * Listens for peers, dials the configured ones, then listens for clients, whose calls are refused
   * until the node serves.
   */
  static GatewayNetwork open(
      ConfiguredFiles files,
      TlsIdentity shown,
      PeerLinks links,
      Supplier<TrustBundle> bundle,
      Supplier<ClientRegistry> registered,
      OfferedServices offered,
      Servers servers)
      throws IOException {
    NodeConfig config = files.config();
    ServerSettings settings = servers.clients();
    TlsContexts tls = new TlsContexts(shown);
    PeerIdentity identity = new PeerIdentity(new AgencyName(config.agency()), TRUST_GRACE);
    PeerTrust peerTrust =
        new PeerTrust(
            identity,
            bundle,
            settings.clock(),
            new HandshakeFailureLog(Meters.Side.PEER, settings.meters(), settings.clock())
                ::refused);
    Set<AgencyName> linked =
        config.links().stream()
            .map(link -> new AgencyName(link.peer()))
            .collect(Collectors.toUnmodifiableSet());
    PeerServer peers = listen(files, tls, peerTrust, links, servers, linked);
    PeerChannels channels =
        new PeerChannels(
            tls,
            peerTrust,
            settings.limits().metadataBytes(),
            servers.links(),
            servers.agencies(),
            settings.meters());
    config.links().forEach(link -> dial(link, links, channels));
    ClientTrust clientTrust =
        new ClientTrust(
            registered,
            bundle,
            settings.clock(),
            new HandshakeFailureLog(Meters.Side.CLIENT, settings.meters(), settings.clock())
                ::refused);
    ClientServer clients =
        files.keep(
            ListenAddresses.listening(
                "listen.clients",
                settings.address(),
                () ->
                    ClientServer.start(
                        settings,
                        tls,
                        clientTrust,
                        offered,
                        Boolean.TRUE.equals(config.reflection()),
                        servers.turns())));
    return new GatewayNetwork(clients, clientTrust, peers, channels, links, config.links());
  }

  private static @Nullable PeerServer listen(
      ConfiguredFiles files,
      TlsContexts tls,
      PeerTrust peerTrust,
      PeerLinks links,
      Servers servers,
      Set<AgencyName> linked)
      throws IOException {
    InetSocketAddress address = servers.peers();
    return address == null
        ? null
        : files.keep(
            ListenAddresses.listening(
                "listen.peers",
                address,
                () ->
                    PeerServer.start(
                        servers.at(address), tls, peerTrust, links.service(), () -> linked)));
  }

  private static void dial(NodeConfig.Link link, PeerLinks links, PeerChannels channels) {
    List<Endpoint> addresses =
        link.dial().stream()
            .map(dial -> ConfiguredFiles.address("links: " + link.peer() + ": dial", dial))
            .map(address -> new Endpoint(address.getHostString(), address.getPort()))
            .toList();
    if (!addresses.isEmpty()) {
      AgencyName peer = new AgencyName(link.peer());
      PeerName gateway = new PeerName(peer, new NodeName(String.valueOf(link.gateway())));
      links.dial(gateway, addresses, address -> channel(channels, peer, address));
    }
  }

  private static ManagedChannel channel(PeerChannels channels, AgencyName peer, Endpoint endpoint) {
    try {
      return channels.dial(peer, endpoint);
    } catch (SSLException e) {
      throw new IllegalStateException("cannot set up TLS to " + peer, e);
    }
  }

  /** Decides which clients may connect. */
  ClientTrust clientTrust() {
    return clientTrust;
  }

  InetSocketAddress clientAddress() {
    return clients.address();
  }

  Optional<InetSocketAddress> peerAddress() {
    return Optional.ofNullable(peers).map(PeerServer::address);
  }

  void serving(boolean serving) {
    clients.serving(serving);
  }

  /**
   * Ends the connections and streams of peers and clients that the trust bundle, the clients in
   * force, or the validity of their certificate no longer admit.
   */
  void recheck() {
    if (peers != null) {
      peers.recheck();
    }
    channels.recheck();
    clients.recheck();
  }

  /**
   * Applies a membership change: ends the streams of former members, stops dialling them, and dials
   * members that have come back.
   */
  synchronized void follow(TrustBundle bundle) {
    recheck();
    for (NodeConfig.Link link : configured) {
      AgencyName peer = new AgencyName(link.peer());
      if (!bundle.isMember(peer)) {
        links.closePeer(peer);
        left.add(peer);
      } else if (left.remove(peer)) {
        dial(link, links, channels);
      }
    }
  }

  /** Tells clients to go elsewhere and accepts no more calls from them. */
  void closeClients() {
    clients.serving(false);
    clients.close();
  }

  /** Accepts no more calls from peers. */
  void closePeers() {
    if (peers != null) {
      peers.close();
    }
  }
}
