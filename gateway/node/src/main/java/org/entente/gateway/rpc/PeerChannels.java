package org.entente.gateway.rpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.rpc.server.DialledCalls;
import org.entente.gateway.rpc.tls.PeerTrust;
import org.entente.gateway.rpc.tls.TlsContexts;
import org.entente.gateway.trust.Endpoint;

/**
 * Channels to other gateways. Who answers must be a gateway of the agency that was dialled, by the
 * trust bundle in force at the handshake; host names are not looked at. Silence of 20 seconds is
 * probed and after 10 more ends the connection.
 *
 * <p>Safe for use by many threads.
 */
public final class PeerChannels {
  private static final int KEEP_ALIVE_SECONDS = 20;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 10;

  private final TlsContexts tls;
  private final PeerTrust trust;
  private final int metadataBytes;
  private final Executor executor;
  private final DialledCalls open;

  /**
   * Dials as the holder of a TLS identity.
   *
   * @param metadataBytes most bytes of response headers
   * @param executor runs what answers cause; not shut down here
   */
  public PeerChannels(TlsContexts tls, PeerTrust trust, int metadataBytes, Executor executor) {
    this.tls = tls;
    this.trust = trust;
    this.metadataBytes = metadataBytes;
    this.executor = executor;
    this.open = new DialledCalls(trust);
  }

  /**
   * A channel to an agency's gateway, which connects with its first call. A channel's own pause
   * between attempts grows to two minutes: whoever paces attempts calls {@link
   * ManagedChannel#resetConnectBackoff} before each. The caller shuts it down.
   *
   * @throws SSLException if this gateway's certificate cannot be used
   */
  public ManagedChannel dial(AgencyName agency, Endpoint endpoint) throws SSLException {
    return NettyChannelBuilder.forTarget("dns:///" + endpoint)
        .sslContext(tls.peerDialler(trust.dialling(agency)))
        .executor(executor)
        .intercept(open.ofAgency(agency))
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .maxInboundMessageSize(PeerServer.MESSAGE_BYTES)
        .maxInboundMetadataSize(metadataBytes)
        .disableRetry()
        .disableServiceConfigLookUp()
        .build();
  }

  /**
   * Ends every call to a peer whose identity does not hold any more, as {@link PeerServer#recheck}.
   *
   * @return calls ended
   */
  public int recheck() {
    return open.recheck();
  }
}
