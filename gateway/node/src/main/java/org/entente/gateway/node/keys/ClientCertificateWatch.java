package org.entente.gateway.node.keys;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.entente.gateway.config.ClientList;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.CertificateValidity;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ClientDirectory;

/**
 * When the certificates of the agency's clients end: of each client the one with which it connected
 * last, or, if it has not since the start, the latest in the client list. Nothing is known of other
 * clients. Safe for many threads.
 */
public final class ClientCertificateWatch {
  /** Clients that the warnings name. */
  private static final int NAMED = 10;

  private final Supplier<List<NodeConfig.Client>> clients;
  private final Supplier<ClientList> list;
  private final Function<NodeName, Optional<CertificateValidity>> shown;
  private final InstantSource clock;

  /**
   * A watch.
   *
   * @param clients the clients in force
   * @param list the client list in force
   * @param shown the certificate with which a client connected last
   */
  public ClientCertificateWatch(
      Supplier<List<NodeConfig.Client>> clients,
      Supplier<ClientList> list,
      Function<NodeName, Optional<CertificateValidity>> shown,
      InstantSource clock) {
    this.clients = clients;
    this.list = list;
    this.shown = shown;
    this.clock = clock;
  }

  /**
   * A watch of what the client list says alone, for a node that does not run.
   *
   * @throws StartProblem if the clients of the node are invalid
   */
  public static ClientCertificateWatch ofFiles(NodeConfig config, InstantSource clock) {
    ClientDirectory directory = ClientDirectory.require(config);
    return new ClientCertificateWatch(
        directory::clients, directory::list, client -> Optional.empty(), clock);
  }

  private Map<String, CertificateValidity> known() {
    Map<String, CertificateValidity> listed = new TreeMap<>();
    for (ClientList.Entry entry : list.get().clients()) {
      for (ClientList.Certificate one : entry.certificates()) {
        listed.merge(
            entry.name(),
            new CertificateValidity(one.from(), one.until()),
            (first, other) -> first.until().isBefore(other.until()) ? other : first);
      }
    }
    Map<String, CertificateValidity> known = new TreeMap<>();
    for (NodeConfig.Client client : clients.get()) {
      shown
          .apply(new NodeName(client.name()))
          .or(() -> Optional.ofNullable(listed.get(client.name())))
          .ifPresent(validity -> known.put(client.name(), validity));
    }
    return known;
  }

  /** Whose certificate ends soon, or has ended. */
  public List<String> warnings() {
    Instant now = clock.instant();
    List<String> warnings = new ArrayList<>();
    known()
        .forEach(
            (client, validity) -> {
              if (validity.endsSoon(now)) {
                warnings.add(
                    "client: the certificate of client %s %s; renew it with `entente client renew %s`"
                        .formatted(client, validity.end(now), client));
              }
            });
    if (warnings.size() <= NAMED) {
      return warnings;
    }
    List<String> some = new ArrayList<>(warnings.subList(0, NAMED));
    some.add(
        "client: the certificates of %d more clients end soon or have ended"
            .formatted(warnings.size() - NAMED));
    return some;
  }

  /** When each known certificate ends. */
  public List<Meters.Sample> samples() {
    List<Meters.Sample> samples = new ArrayList<>();
    known()
        .forEach(
            (client, validity) ->
                samples.add(
                    new Meters.Sample(List.of(client), validity.until().toEpochMilli() / 1e3)));
    return samples;
  }
}
