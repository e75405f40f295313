package org.entente.loadtests.federation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plan of one gateway of a throwaway federation.
 *
 * @param agency the agency it serves
 * @param config its configuration file
 * @param clients address of its client port
 * @param peers address of its peer port, or null if it only dials out
 * @param admin address of metrics and health
 * @param folder folder of everything it writes except its log: ledger, keystore, checkpoint
 * @param log file of its standard error
 * @param scopes its clients' scopes by client name
 */
public record NodePlan(
    String agency,
    Path config,
    String clients,
    @Nullable String peers,
    String admin,
    Path folder,
    Path log,
    Map<String, List<String>> scopes) {

  public NodePlan {
    scopes = Map.copyOf(scopes);
  }

  /** The first client, by name, that has a scope. */
  public Optional<String> clientWith(String scope) {
    return scopes.entrySet().stream()
        .filter(client -> client.getValue().contains(scope))
        .map(Map.Entry::getKey)
        .sorted()
        .findFirst();
  }
}
