package org.entente.loadtests.scenario.action;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.jspecify.annotations.Nullable;

/**
 * Check of a scenario before it runs: the agencies, clients and messages that it names must exist.
 * For one thread.
 */
public final class ScenarioCheck {
  private final FieldPositions positions;
  private final Map<String, Map<String, List<String>>> gateways;
  private final boolean exercise;
  private final Path folder;
  private final Variables variables;
  private final List<ConfigProblem> problems = new ArrayList<>();

  /**
   * Check of a file.
   *
   * @param gateways each agency's clients, with the scopes of each
   * @param exercise whether all messages of the scenario are training
   * @param folder what belongs to the scenario
   */
  public ScenarioCheck(
      FieldPositions positions,
      Map<String, Map<String, List<String>>> gateways,
      boolean exercise,
      Path folder) {
    this.positions = positions;
    this.folder = folder;
    this.gateways = gateways;
    this.exercise = exercise;
    variables = new Variables(folder);
  }

  /** Examples of the values that the steps so far save. */
  public Variables variables() {
    return variables;
  }

  /** A check of fields whose fault names the field. */
  public interface FieldCheck {
    void run() throws DraftFault;
  }

  /** Notes the fault of a check. */
  public void noting(String field, FieldCheck check) {
    try {
      check.run();
    } catch (DraftFault e) {
      problem(field + "." + e.field(), e.problem(), "");
    }
  }

  /** Whether all messages of the scenario are exercises. */
  public boolean exercise() {
    return exercise;
  }

  /** A file that belongs to the scenario. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  public List<ConfigProblem> problems() {
    return List.copyOf(problems);
  }

  public void problem(String field, String wrong, String valid) {
    problems.add(positions.problem(field, wrong, valid));
  }

  /** Notes a problem unless this holds. */
  public void require(boolean holds, String field, String wrong, String valid) {
    if (!holds) {
      problem(field, wrong, valid);
    }
  }

  public void agency(String field, String agency) {
    require(
        gateways.containsKey(agency),
        field,
        "\"" + agency + "\" is no agency of the scenario",
        oneOf(gateways.keySet()));
  }

  public void agencies(String field, Iterable<String> agencies) {
    agencies.forEach(agency -> agency(field + "." + agency, agency));
  }

  /** A folder of the scenario with one agreement or more. */
  public void drafts(String field, String folder) {
    require(
        Files.isDirectory(file(folder)) && !Agreements.in(file(folder)).isEmpty(),
        field,
        "there are no agreements in " + file(folder),
        "a folder of the scenario with one or more *.yaml");
  }

  /** A file of the scenario. */
  public void isThere(String field, String file) {
    require(
        Files.isRegularFile(file(file)),
        field,
        "there is no file " + file(file),
        "a file of the scenario");
  }

  /** Requires a client with a scope. */
  public void client(String field, ClientRef client) {
    Map<String, List<String>> clients = gateways.get(client.agency());
    if (clients == null) {
      agency(field, client.agency());
      return;
    }
    require(
        clients.containsKey(client.client()),
        field,
        "\"" + client.client() + "\" is no client of " + client.agency(),
        oneOf(clients.keySet()));
  }

  /** Requires a client that subscribes, whose deliveries are known. */
  public void subscriber(String field, ClientRef client) {
    client(field, client);
    List<String> scopes = gateways.getOrDefault(client.agency(), Map.of()).get(client.client());
    boolean subscribes = scopes == null || scopes.contains("subscribe");
    require(subscribes, field, client + " has not the scope", "a client with scope subscribe");
  }

  /** A message that an earlier step named. */
  public void message(String field, String name) {
    require(
        variables.value(name).isPresent(),
        field,
        "no step before this one names \"" + name + "\"",
        oneOf(variables.names()));
  }

  /**
   * A new name for a value that a step saves.
   *
   * @param example a value of its type
   */
  public void names(String field, String name, Object example) {
    require(
        Variables.NAME.matcher(name).matches(),
        field,
        "\"" + name + "\"",
        "1 to 32 characters of a-z 0-9 -");
    require(
        variables.value(name).isEmpty(),
        field,
        "\"" + name + "\" names another value",
        "a new name");
    variables.save(name, example);
  }

  /** One of several words. */
  public void oneOf(String field, Collection<String> valid, String word) {
    require(valid.contains(word), field, "\"" + word + "\"", oneOf(valid));
  }

  /** Requires exactly one expectation: a result or an error. */
  public void either(String field, String what, boolean expected, @Nullable String error) {
    require(
        expected == (error == null),
        field,
        "expects nothing, or things that exclude each other",
        "either " + what + " or error");
  }

  private static String oneOf(Collection<String> valid) {
    return "one of " + String.join(", ", valid);
  }
}
