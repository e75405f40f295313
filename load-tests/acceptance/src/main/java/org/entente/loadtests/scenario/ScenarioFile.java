package org.entente.loadtests.scenario;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.config.IprConfig;
import org.jspecify.annotations.Nullable;

/**
 * A scenario in the form of its YAML file; docs/develop/scenarios.md explains every field.
 *
 * @param title one line
 * @param story the story for readers
 * @param exercise whether all its messages are exercises, and the report lists reactions with their
 *     times
 * @param federation agencies and groups, as in {@code config/federation-demo.yaml}
 * @param gateways each agency's gateway
 * @param steps the steps, in order
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
   * Members of the federation.
   *
   * @param groups group name to jurisdictions and groups; none if absent
   * @param agencies without clients, which are in {@code gateways}
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
   * @param ipr as in a node's configuration; required if a client has an IPR scope
   * @param cannotFulfil obligations of labels that the agency cannot fulfil, as in a node's
   *     configuration; none if absent
   * @param exerciseRetentionDays as in a node's configuration; the agreements alone decide if
   *     absent
   * @param attachments whether it keeps attachments; not if absent
   * @param agreements folder of the scenario with agreements of this gateway, which replace those
   *     of the same file name or are added; the common ones if absent
   * @param nodeRules file of the scenario with this gateway's own rules; the common ones if absent
   */
  public record Node(
      @Nullable List<String> dials,
      @Nullable List<Client> clients,
      @Nullable IprConfig ipr,
      @Nullable List<String> cannotFulfil,
      @Nullable Integer exerciseRetentionDays,
      @Nullable Boolean attachments,
      @Nullable String agreements,
      @Nullable String nodeRules) {
    List<String> dialled() {
      return dials == null ? List.of() : List.copyOf(dials);
    }

    List<String> unfulfilled() {
      return cannotFulfil == null ? List.of() : List.copyOf(cannotFulfil);
    }

    boolean keepsAttachments() {
      return attachments != null && attachments;
    }

    public List<Client> ownClients() {
      return clients == null ? List.of() : List.copyOf(clients);
    }
  }

  /**
   * One of an agency's own systems.
   *
   * @param desks its desks; none for a client that receives all messages
   * @param desksOnly whether it receives only messages of its desks
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
