package org.entente.certsdev;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.ceremony.AgencyPlan;
import org.entente.gateway.ceremony.AgencySetup;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.trust.Member;

/**
 * Mints the keys and certificates of one agency: its CA, the certificates of its gateways and
 * clients, its signing pair and its gateways' audit pairs. Private signing keys go into each
 * gateway's keystore.
 */
final class AgencyMint {
  /** How much earlier certificates become valid, for clocks that are behind. */
  static final Duration EARLY = Duration.ofMinutes(5);

  private final FederationName federation;
  private final Path folder;
  private final Instant start;
  private final Instant end;
  private final SecureRandom random;

  /**
   * Mints for a federation.
   *
   * @param folder the federation's folder; each agency gets a folder of its name in it
   * @param issued when the federation begins
   * @param end when all keys and certificates expire
   */
  AgencyMint(
      FederationName federation, Path folder, Instant issued, Instant end, SecureRandom random) {
    this.federation = federation;
    this.folder = folder;
    this.start = issued.minus(EARLY);
    this.end = end;
    this.random = random;
  }

  /** Mints one agency, writes its files and returns its entry for the bundle. */
  Member mint(FederationSpec.Agency agency) throws IOException {
    AgencyPlan plan =
        new AgencyPlan(
            federation,
            agency.name(),
            agency.kind(),
            agency.roles(),
            agency.listening(),
            agency.transits(),
            agency.gatewayNames(),
            agency.clientNames(),
            List.of("localhost", "127.0.0.1"),
            start,
            end);
    return new AgencySetup(plan, folder.resolve(agency.name().value()), null, random)
        .found()
        .member();
  }
}
