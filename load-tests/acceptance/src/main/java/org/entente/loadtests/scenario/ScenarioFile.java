package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.config.NodeConfig;
import org.jspecify.annotations.Nullable;

/**
 * A scenario as its YAML file writes it; docs/develop/scenarios.md has every field.
 *
 * @param title one line
 * @param story what a reader learns from it
 * @param exercise whether all its messages are training, and the report says who reacted when
 * @param federation agencies and groups, as in {@code config/federation-demo.yaml}
 * @param gateways each agency's gateway
 * @param steps what happens, in this order
 */
public record ScenarioFile(
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) String story,
    @Nullable Boolean exercise,
    @JsonProperty(required = true) Members federation,
    @JsonProperty(required = true) Map<String, Node> gateways,
    @JsonProperty(required = true) List<StepEntry> steps) {
  public ScenarioFile {
    gateways = new TreeMap<>(gateways);
    steps = List.copyOf(steps);
  }

  public boolean isExercise() {
    return exercise != null && exercise;
  }

  /** Each agency's clients, with the scopes of each. */
  Map<String, Map<String, List<String>>> scopes() {
    Map<String, Map<String, List<String>>> scopes = new TreeMap<>();
    gateways.forEach(
        (agency, node) -> {
          Map<String, List<String>> clients = new TreeMap<>();
          node.ownClients().forEach(client -> clients.put(client.name(), client.scopes()));
          scopes.put(agency, clients);
        });
    return scopes;
  }

  /**
   * Who belongs to the federation.
   *
   * @param groups group name to jurisdictions and groups; none if absent
   * @param agencies their clients are left out: {@code gateways} has them
   */
  record Members(
      @Nullable Map<String, List<String>> groups,
      @JsonProperty(required = true) List<FederationSpec.Agency> agencies) {
    Members {
      agencies = List.copyOf(agencies);
    }
  }

  /**
   * One agency's gateway.
   *
   * @param dials agencies to whose gateways it opens links; none if absent
   * @param clients the agency's own systems, as in a node's configuration; none if absent
   * @param ipr as in a node's configuration; needed where a client has to do with it
   * @param cannotFulfil obligations of labels that the agency cannot fulfil, as in a node's
   *     configuration; none if absent
   * @param exerciseRetentionDays as in a node's configuration; no rule of its own if absent
   * @param agreements folder of the scenario with agreements that this gateway holds in the place
   *     of those of the same file name, or besides; those that all hold if absent
   * @param nodeRules file of the scenario with this gateway's own rules, in the place of those that
   *     all have; these if absent
   */
  public record Node(
      @Nullable List<String> dials,
      @Nullable List<Client> clients,
      NodeConfig.@Nullable Ipr ipr,
      @Nullable List<String> cannotFulfil,
      @Nullable Integer exerciseRetentionDays,
      @Nullable String agreements,
      @Nullable String nodeRules) {
    List<String> dialled() {
      return dials == null ? List.of() : List.copyOf(dials);
    }

    List<String> unfulfilled() {
      return cannotFulfil == null ? List.of() : List.copyOf(cannotFulfil);
    }

    public List<Client> ownClients() {
      return clients == null ? List.of() : List.copyOf(clients);
    }
  }

  /**
   * One of an agency's own systems.
   *
   * @param desks at which it sits; none for one that is given all
   * @param desksOnly whether it is given nothing else
   */
  public record Client(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) List<String> scopes,
      @Nullable List<String> desks,
      @Nullable Boolean desksOnly) {
    public Client {
      scopes = List.copyOf(scopes);
    }

    List<String> seats() {
      return desks == null ? List.of() : List.copyOf(desks);
    }
  }
}
