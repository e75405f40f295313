package org.entente.loadtests.scenario.action;

import com.google.protobuf.Descriptors.EnumDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.jspecify.annotations.Nullable;

/**
 * Check of a scenario before it runs: the agencies, clients and messages that it names must exist.
 * For one thread.
 */
public final class ScenarioCheck {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");

  private final FieldPositions positions;
  private final Map<String, Map<String, List<String>>> gateways;
  private final boolean exercise;
  private final Path folder;
  private final Set<String> named = new TreeSet<>();
  private final Map<NamedObject, Set<String>> things = new EnumMap<>(NamedObject.class);
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

  /** Whether an agency has a client with a scope. */
  public boolean grants(String agency, String scope) {
    return gateways.getOrDefault(agency, Map.of()).values().stream()
        .anyMatch(scopes -> scopes.contains(scope));
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
        named.contains(name),
        field,
        "no step before this one names a message \"" + name + "\"",
        named.isEmpty() ? "the name that a publish step gives with `as`" : oneOf(named));
  }

  public void messages(String field, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      message(field + "[" + i + "]", names.get(i));
    }
  }

  /** A new name for a message. */
  public void names(String field, String name) {
    require(
        NAME.matcher(name).matches(), field, "\"" + name + "\"", "1 to 32 characters of a-z 0-9 -");
    require(named.add(name), field, "\"" + name + "\" names another message", "a new name");
  }

  /** Requires an object, other than a message, that an earlier step named. */
  public void named(String field, NamedObject thing, String name) {
    Set<String> known = things.getOrDefault(thing, Set.of());
    require(
        known.contains(name),
        field,
        "no step before this one names the " + thing.word() + " \"" + name + "\"",
        known.isEmpty() ? "the name that an earlier step gives" : oneOf(known));
  }

  /** A new name for an object other than a message. */
  public void names(String field, NamedObject thing, String name) {
    require(
        NAME.matcher(name).matches(), field, "\"" + name + "\"", "1 to 32 characters of a-z 0-9 -");
    require(
        things.computeIfAbsent(thing, it -> new TreeSet<>()).add(name),
        field,
        "\"" + name + "\" names another " + thing.word(),
        "a new name");
  }

  /** A value of an enum of the protocol, without the enum's prefix. */
  public void constant(String field, EnumDescriptor type, String word) {
    oneOf(field, ScenarioEnums.all(type), word);
  }

  /** One of several words. */
  public void oneOf(String field, Set<String> valid, String word) {
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

  private static String oneOf(Set<String> valid) {
    return "one of " + String.join(", ", valid);
  }
}
