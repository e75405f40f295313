package org.entente.gateway.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.rpc.server.DialledCalls;
import org.entente.gateway.rpc.server.DialledSockets;
import org.entente.gateway.rpc.tls.PeerTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.trust.Endpoint;

/**
 * Channels to other gateways. The other side must be a gateway of the dialled agency, by the trust
 * bundle in force at the handshake; host names are not checked. A connection that is not open
 * within three seconds fails. After 20 seconds of silence the channel probes the peer, and 10
 * seconds later it closes the connection.
 *
 * <p>Safe for use by many threads.
 */
public final class PeerChannels {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int KEEP_ALIVE_SECONDS = 20;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private final TlsContexts tls;
  private final PeerTrust trust;
  private final int metadataBytes;
  private final Executor executor;
  private final DialledCalls open;
  private final DialledSockets sockets;

  /**
   * Creates channels with a TLS identity.
   *
   * @param metadataBytes most bytes of response headers
   * @param executor runs callbacks; not shut down here
   * @param accounts hold what agencies send on calls that this gateway made
   */
  public PeerChannels(
      TlsContexts tls,
      PeerTrust trust,
      int metadataBytes,
      Executor executor,
      Accounts accounts,
      Meters meters) {
    this.tls = tls;
    this.trust = trust;
    this.metadataBytes = metadataBytes;
    this.executor = executor;
    this.open = new DialledCalls(trust, accounts, executor);
    this.sockets = new DialledSockets(accounts, meters);
  }

  /**
   * A channel to an agency's gateway, which connects with its first call. Its own pause between
   * attempts grows to two minutes, so a caller with its own pacing must call {@link
   * ManagedChannel#resetConnectBackoff} before each attempt. The caller shuts the channel down.
   *
   * @throws SSLException if this gateway's certificate cannot be used
   */
  public ManagedChannel dial(AgencyName agency, Endpoint endpoint) throws SSLException {
    return sockets
        .in(NettyChannelBuilder.forTarget("dns:///" + endpoint), agency)
        .sslContext(tls.peerDialler(trust.dialling(agency)))
        .executor(executor)
        .intercept(open.ofAgency(agency))
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(PeerServer.MESSAGE_BYTES)
        .maxInboundMetadataSize(metadataBytes)
        .disableRetry()
        .disableServiceConfigLookUp()
        .build();
  }

  /**
   * Ends every call to a peer whose identity is no longer valid, as {@link PeerServer#recheck}.
   *
   * @return calls ended
   */
  public int recheck() {
    return open.recheck();
  }
}
