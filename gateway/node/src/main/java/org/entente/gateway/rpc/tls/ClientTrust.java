package org.entente.gateway.rpc.tls;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedTrustManager;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.identity.ClientRegistry;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.trust.TrustBundle;

/**
 * Decides which of the agency's own clients may connect, by the clients and the trust bundle in
 * force at each handshake. Safe for use by many threads.
 */
public final class ClientTrust implements IdentityResolver {
  private final Supplier<ClientRegistry> registry;
  private final Supplier<TrustBundle> bundle;
  private final InstantSource clock;
  private final Consumer<Problem> refused;
  private final Map<NodeName, CertificateValidity> shown = new ConcurrentHashMap<>();

  /**
   * Creates the trust in the clients of a registry.
   *
   * @param registry the clients in force
   * @param refused told why a handshake was refused, while the other side sees only a TLS alert;
   *     called on network threads, as often as strangers cause it
   */
  public ClientTrust(
      Supplier<ClientRegistry> registry,
      Supplier<TrustBundle> bundle,
      InstantSource clock,
      Consumer<Problem> refused) {
    this.registry = registry;
    this.bundle = bundle;
    this.clock = clock;
    this.refused = refused;
  }

  @Override
  public Result<Identified> identify(List<X509Certificate> chain) {
    return registry.get().identify(chain, bundle.get(), clock.instant());
  }

  @Override
  public Optional<Problem> recheck(Identified identified) {
    return registry.get().recheck(identified, bundle.get(), clock.instant());
  }

  /** A trust manager that refuses non-clients in the handshake. */
  public X509ExtendedTrustManager inHandshake() {
    return new HandshakeTrust(this::identifyNew, refused);
  }

  private Result<Identified> identifyNew(List<X509Certificate> chain) {
    return identify(chain)
        .map(
            client -> {
              shown.put(client.name(), CertificateValidity.of(chain.get(0)));
              return client;
            });
  }

  /** The certificate with which a client connected last; empty if it has not since the start. */
  public Optional<CertificateValidity> shown(NodeName client) {
    return Optional.ofNullable(shown.get(client));
  }
}
