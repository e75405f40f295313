package org.entente.certsdev;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * Specification of a federation to mint, read from YAML ({@code config/federation-demo.yaml}
 * explains the fields). Immutable.
 *
 * @param federation its name
 * @param days validity of all keys and certificates, 1 to {@value #MAX_DAYS}; {@value
 *     #DEFAULT_DAYS} if absent
 * @param roots number of roots and threshold; two of three if absent
 * @param groups group name to jurisdictions and groups; none if absent
 * @param agencies at least one
 */
public record FederationSpec(
    @JsonProperty(required = true) FederationName federation,
    @Nullable Integer days,
    @Nullable Roots roots,
    @Nullable Map<String, List<String>> groups,
    @JsonProperty(required = true) List<Agency> agencies) {
  /** Default validity of a federation, days. */
  public static final int DEFAULT_DAYS = 7;

  /**
   * Longest validity, days: all root keys are on one machine, so the federation must be
   * short-lived.
   */
  public static final int MAX_DAYS = 30;

  public FederationSpec {
    agencies = List.copyOf(agencies);
    if (days != null && (days < 1 || days > MAX_DAYS)) {
      throw new InvalidValue("days is 1 to " + MAX_DAYS, days.toString());
    }
    if (agencies.isEmpty()) {
      throw new InvalidValue("a federation has an agency", "none");
    }
  }

  /** Reads a specification; each problem names file, line and field. */
  public static YamlReadResult<FederationSpec> read(Path file) {
    return new YamlFiles().read(file, FederationSpec.class);
  }

  /** Validity of all keys and certificates. */
  public Duration lifetime() {
    return Duration.ofDays(days == null ? DEFAULT_DAYS : days);
  }

  /** Number of roots and threshold. */
  public Roots rootsOrDefault() {
    return roots == null ? Roots.DEFAULT : roots;
  }

  /** The groups, sorted by name. */
  TreeMap<String, List<String>> sortedGroups() {
    return groups == null ? new TreeMap<>() : new TreeMap<>(groups);
  }

  /**
   * The same federation with an agency listening at one endpoint.
   *
   * @param endpoint {@code host:port}
   * @throws InvalidValue if there is no such agency, or the endpoint is invalid
   */
  public FederationSpec withEndpoint(AgencyName agency, String endpoint) {
    if (agencies.stream().noneMatch(a -> a.name().equals(agency))) {
      throw new InvalidValue("an agency of the federation", agency.value());
    }
    List<Agency> changed = new ArrayList<>();
    for (Agency each : agencies) {
      changed.add(each.name().equals(agency) ? each.listeningAt(endpoint) : each);
    }
    return new FederationSpec(federation, days, roots, groups, changed);
  }

  /** The same federation with another validity in days. */
  public FederationSpec lasting(int newDays) {
    return new FederationSpec(federation, newDays, roots, groups, agencies);
  }

  /**
   * Number of roots and signature threshold.
   *
   * @param count 1 to 16
   * @param threshold 1 to count
   */
  public record Roots(
      @JsonProperty(required = true) int count, @JsonProperty(required = true) int threshold) {
    /** Two of three. */
    public static final Roots DEFAULT = new Roots(3, 2);

    private static final int MAX = 16;

    public Roots {
      if (count < 1 || count > MAX || threshold < 1 || threshold > count) {
        throw new InvalidValue(
            "1 to " + MAX + " roots, of which 1 to all must sign", threshold + " of " + count);
      }
    }
  }

  /**
   * One agency.
   *
   * @param name its name
   * @param jurisdiction ISO 3166-1 alpha-2; absent for an {@code x} agency
   * @param kind kind of authority
   * @param roles what it may do
   * @param endpoints where its gateways listen for peers; none if absent
   * @param via transits through which it is reached; none if absent
   * @param gateways names of its gateways; {@code gateway-1} if absent
   * @param clients names of its own systems; none if absent
   */
  public record Agency(
      @JsonProperty(required = true) AgencyName name,
      @Nullable String jurisdiction,
      @JsonProperty(required = true) AgencyKind kind,
      @JsonProperty(required = true) Set<AgencyRole> roles,
      @Nullable List<String> endpoints,
      @Nullable List<AgencyName> via,
      @Nullable List<NodeName> gateways,
      @Nullable List<NodeName> clients) {
    private static final int MAX_NODES = 8;

    public Agency {
      roles = Set.copyOf(roles);
      parse(endpoints);
      if (gateways != null && (gateways.isEmpty() || gateways.size() > MAX_NODES)) {
        throw new InvalidValue("an agency has 1 to " + MAX_NODES + " gateways", name.value());
      }
      requireDistinct(gatewaysOrDefault(gateways), name);
      requireDistinct(clients == null ? List.of() : clients, name);
    }

    private static void requireDistinct(List<NodeName> names, AgencyName agency) {
      if (Set.copyOf(names).size() != names.size()) {
        throw new InvalidValue("no gateway or client has the same name as another", agency.value());
      }
    }

    private static List<NodeName> gatewaysOrDefault(@Nullable List<NodeName> gateways) {
      return gateways == null ? List.of(new NodeName("gateway-1")) : List.copyOf(gateways);
    }

    private static List<Endpoint> parse(@Nullable List<String> endpoints) {
      return endpoints == null ? List.of() : endpoints.stream().map(Endpoint::parse).toList();
    }

    /** The same agency with other clients. */
    public Agency withClients(List<NodeName> newClients) {
      return new Agency(name, jurisdiction, kind, roles, endpoints, via, gateways, newClients);
    }

    Agency listeningAt(String endpoint) {
      return new Agency(name, jurisdiction, kind, roles, List.of(endpoint), via, gateways, clients);
    }

    List<Endpoint> listening() {
      return parse(endpoints);
    }

    List<AgencyName> transits() {
      return via == null ? List.of() : List.copyOf(via);
    }

    List<NodeName> gatewayNames() {
      return gatewaysOrDefault(gateways);
    }

    List<NodeName> clientNames() {
      return clients == null ? List.of() : List.copyOf(clients);
    }
  }
}
