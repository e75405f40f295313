package org.entente.gateway.rpc.tls;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.entente.gateway.identity.Identified;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.jspecify.annotations.Nullable;

/**
 * The identities at the other end of a server's connections. Checking a chain costs a signature
 * verification, so the result is cached with the connection until trust changes, and for at most
 * {@link #KEPT}, since certificates and bundles also expire. Safe for many threads.
 */
public final class ConnectionIdentities extends ServerTransportFilter {
  /** The lifetime of a cached result. */
  static final Duration KEPT = Duration.ofSeconds(10);

  private static final Attributes.Key<Connection> CONNECTION =
      Attributes.Key.create("entente-connection");

  private final IdentityResolver identities;
  private final InstantSource clock;
  private final AtomicLong generation = new AtomicLong();

  public ConnectionIdentities(IdentityResolver identities, InstantSource clock) {
    this.identities = identities;
    this.clock = clock;
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder()
        .set(CONNECTION, new Connection(PeerCertificates.of(attributes)))
        .build();
  }

  /** Drops all cached results, because trust has changed. */
  public void forget() {
    generation.incrementAndGet();
  }

  /** The identity of the caller with these attributes. */
  public Result<Identified> identify(Attributes attributes) {
    Connection connection = attributes.get(CONNECTION);
    if (connection == null || connection.chain.isEmpty()) {
      return Result.refused(Code.UNKNOWN_CLIENT, "", "the caller presented no certificate");
    }
    return connection.identify();
  }

  private record Answer(Result<Identified> identification, long generation, Instant at) {}

  private final class Connection {
    private final List<X509Certificate> chain;
    private volatile @Nullable Answer last;

    Connection(List<X509Certificate> chain) {
      this.chain = chain;
    }

    Result<Identified> identify() {
      Answer kept = last;
      long now = generation.get();
      Instant at = clock.instant();
      if (kept != null
          && kept.generation == now
          && Duration.between(kept.at, at).abs().compareTo(KEPT) < 0) {
        return kept.identification;
      }
      Result<Identified> fresh = identities.identify(chain);
      last = new Answer(fresh, now, at);
      return fresh;
    }
  }
}
