package org.entente.loadtests.scenario;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.entente.certsdev.FederationSpec;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.FieldPositions;
import org.entente.gateway.config.IprConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.loadtests.federation.Blueprint;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.OpeningRules;
import org.entente.loadtests.scenario.action.PlainMessage;
import org.entente.loadtests.scenario.action.ScenarioAction;
import org.entente.loadtests.scenario.action.ScenarioCheck;
import org.entente.proto.v1.Obligation;
import org.jspecify.annotations.Nullable;

/** A valid scenario, which names only existing objects. Immutable. */
public final class Scenario {
  private static final String SUFFIX = ".yaml";
  private static final String FEDERATION = "scenario.entente.example";
  private static final String GATEWAY = "gateway-1";
  private static final String AGREEMENTS = "agreements";
  private static final int ONE_DAY = 1;

  private final String name;
  private final ScenarioFile file;

  /** Its folder: {@code agreements}, and {@code node-rules.yaml} if it has node rules. */
  private final Path folder;

  private Scenario(String name, ScenarioFile file, Path folder) {
    this.name = name;
    this.file = file;
    this.folder = folder;
  }

  /** Result of reading a scenario. */
  public sealed interface LoadResult {
    /** A valid scenario. */
    record Loaded(Scenario scenario) implements LoadResult {}

    /** An invalid scenario, with every problem. */
    record Invalid(List<ConfigProblem> problems) implements LoadResult {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  /** Reads a scenario; the folder of the same name beside it holds its agreements. */
  public static LoadResult read(Path path) {
    YamlReadResult<ScenarioFile> reading = new YamlFiles().read(path, ScenarioFile.class);
    if (reading instanceof YamlReadResult.Unreadable<ScenarioFile> unreadable) {
      return new LoadResult.Invalid(unreadable.problems());
    }
    YamlReadResult.Read<ScenarioFile> read = (YamlReadResult.Read<ScenarioFile>) reading;
    Path file = path.toAbsolutePath();
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.yaml$", "");
    Scenario scenario = new Scenario(name, read.value(), file.resolveSibling(name));
    List<ConfigProblem> problems = scenario.check(read.positions());
    return problems.isEmpty() ? new LoadResult.Loaded(scenario) : new LoadResult.Invalid(problems);
  }

  /**
   * The scenario with a name in a folder, or at a path.
   *
   * @throws UsageError with every problem of the file
   */
  public static Scenario find(Path scenarios, String nameOrPath) {
    Path path =
        nameOrPath.endsWith(SUFFIX) ? Path.of(nameOrPath) : scenarios.resolve(nameOrPath + SUFFIX);
    if (!Files.exists(path)) {
      throw new UsageError(
          "there is no scenario " + nameOrPath + "; there are " + ScenarioFolder.names(scenarios));
    }
    LoadResult loading = read(path);
    if (loading instanceof LoadResult.Invalid invalid) {
      throw new UsageError(
          String.join("\n", invalid.problems().stream().map(Object::toString).toList()));
    }
    return ((LoadResult.Loaded) loading).scenario();
  }

  /** Name of its file, without suffix. */
  public String name() {
    return name;
  }

  ScenarioFile file() {
    return file;
  }

  /** Its folder. */
  Path folder() {
    return folder;
  }

  /** One line. */
  public String title() {
    return file.title();
  }

  /** The story for readers. */
  public String story() {
    return file.story().strip();
  }

  /** Whether the report lists reactions with their times. */
  public boolean isExercise() {
    return file.isExercise();
  }

  private List<ConfigProblem> check(FieldPositions positions) {
    ScenarioCheck checking = new ScenarioCheck(positions, file.scopes(), file.isExercise(), folder);
    checking.require(!file.title().isBlank(), "title", "blank", "one line");
    checking.require(!file.story().isBlank(), "story", "blank", "what a reader learns from it");
    Set<String> members = new TreeSet<>();
    file.federation().agencies().forEach(agency -> members.add(agency.name().value()));
    checking.require(
        members.equals(file.gateways().keySet()),
        "gateways",
        "there are gateways of " + file.gateways().keySet(),
        "one of each agency of the federation: " + members);
    file.gateways()
        .forEach(
            (agency, node) -> {
              List<String> dials = node.dialled();
              for (int i = 0; i < dials.size(); i++) {
                checking.agency("gateways." + agency + ".dials[" + i + "]", dials.get(i));
              }
              List<String> unfulfilled = node.unfulfilled();
              for (int i = 0; i < unfulfilled.size(); i++) {
                checking.oneOf(
                    "gateways." + agency + ".cannot_fulfil[" + i + "]",
                    PlainMessage.words(Obligation.getDescriptor()),
                    unfulfilled.get(i));
              }
              ownRules(node, "gateways." + agency, checking);
            });
    checking.require(!file.steps().isEmpty(), "steps", "an empty list", "one step or more");
    for (int i = 0; i < file.steps().size(); i++) {
      step(file.steps().get(i), "steps[" + i + "]", checking);
    }
    checking.require(
        Files.isDirectory(folder.resolve(AGREEMENTS)),
        "",
        "there is no folder " + folder.resolve(AGREEMENTS),
        "the scenario's agreements, one file each");
    return checking.problems();
  }

  private static void ownRules(ScenarioFile.Node node, String field, ScenarioCheck checking) {
    if (node.agreements() != null) {
      checking.drafts(field + ".agreements", node.agreements());
    }
    if (node.nodeRules() != null) {
      checking.isThere(field + ".node_rules", node.nodeRules());
    }
  }

  private static void step(StepEntry step, String field, ScenarioCheck checking) {
    Map<String, ScenarioAction> acts = step.acts();
    checking.require(
        acts.size() == 1,
        field,
        acts.isEmpty() ? "nothing is done" : "several things are done: " + acts.keySet(),
        "exactly one of " + String.join(", ", StepEntry.WORDS));
    acts.forEach((word, act) -> act.check(checking, field + "." + word));
  }

  /** The federation over which it runs. */
  Blueprint blueprint() {
    List<FederationSpec.Agency> agencies = new ArrayList<>();
    Map<String, ObjectNode> nodes = new TreeMap<>();
    try {
      for (FederationSpec.Agency agency : file.federation().agencies()) {
        List<NodeName> clients = new ArrayList<>();
        node(agency.name().value())
            .ownClients()
            .forEach(client -> clients.add(new NodeName(client.name())));
        agencies.add(agency.withClients(clients));
        nodes.put(agency.name().value(), configuration(agency.name().value()));
      }
      FederationSpec spec =
          new FederationSpec(
              new FederationName(FEDERATION), ONE_DAY, null, file.federation().groups(), agencies);
      Map<String, OpeningRules> rules = new TreeMap<>();
      file.gateways().forEach((agency, node) -> rules.put(agency, rules(node)));
      return new Blueprint(
          name,
          spec,
          nodes,
          folder.resolve(AGREEMENTS),
          Optional.empty(),
          Optional.of(ConfigurationHome.find().codes()).filter(Files::exists),
          rules);
    } catch (InvalidValue e) {
      throw new CommandFailure(name + ": " + e.getMessage(), e);
    }
  }

  /** Opening rules of a gateway: the common ones, unless the file gives it others. */
  private OpeningRules rules(ScenarioFile.Node node) {
    List<Path> agreements = new ArrayList<>(List.of(folder.resolve(AGREEMENTS)));
    if (node.agreements() != null) {
      agreements.add(folder.resolve(node.agreements()));
    }
    Path rules = folder.resolve(node.nodeRules() == null ? "node-rules.yaml" : node.nodeRules());
    return new OpeningRules(agreements, Optional.of(rules).filter(Files::exists));
  }

  /** The agencies whose gateways have rules of their own. */
  Set<String> withOwnRules() {
    Set<String> agencies = new TreeSet<>();
    file.gateways()
        .forEach(
            (agency, node) -> {
              if (node.agreements() != null || node.nodeRules() != null) {
                agencies.add(agency);
              }
            });
    return agencies;
  }

  private ScenarioFile.Node node(String agency) {
    ScenarioFile.@Nullable Node node = file.gateways().get(agency);
    if (node == null) {
      throw new IllegalStateException("checked before: " + agency + " has a gateway");
    }
    return node;
  }

  /** A node's configuration, without its addresses and paths. */
  private ObjectNode configuration(String agency) {
    ObjectNode tree =
        new ObjectMapper()
            .createObjectNode()
            .put("federation", FEDERATION)
            .put("agency", agency)
            .put("gateway", GATEWAY);
    ObjectNode listen = tree.putObject("listen").put("clients", "").put("admin", "");
    ArrayNode links = tree.putArray("links");
    node(agency).dialled().forEach(peer -> links.addObject().put("peer", peer).put("dial", ""));
    file.gateways()
        .forEach(
            (other, node) -> {
              if (node.dialled().contains(agency)) {
                listen.put("peers", "");
                links.addObject().put("peer", other);
              }
            });
    IprConfig ipr = node(agency).ipr();
    if (ipr != null) {
      write(ipr, tree.putObject("ipr"));
    }
    Integer exercises = node(agency).exerciseRetentionDays();
    if (exercises != null) {
      tree.put("exercise_retention_days", exercises);
    }
    if (node(agency).keepsAttachments()) {
      tree.putObject("attachments");
    }
    ArrayNode unfulfilled = tree.putObject("policy").putArray("cannot_fulfil");
    node(agency).unfulfilled().forEach(unfulfilled::add);
    ArrayNode clients = tree.putArray("clients");
    for (ScenarioFile.Client client : node(agency).ownClients()) {
      ObjectNode one = clients.addObject().put("name", client.name());
      client.scopes().forEach(one.putArray("scopes")::add);
      client.seats().forEach(one.withArray("desks")::add);
      if (client.desksOnly() != null) {
        one.put("desks_only", client.desksOnly());
      }
    }
    return tree;
  }

  private static void write(IprConfig ipr, ObjectNode section) {
    section
        .put("time_zone", ipr.timeZone())
        .put("calendar_until", ipr.calendarUntil().toString())
        .put("due_soon_hours", ipr.dueSoonHours())
        .put("keep_days", ipr.keepDays())
        .put("valid_days", ipr.validDays());
    ArrayNode weekend = section.putArray("weekend");
    orNone(ipr.weekend()).forEach(day -> weekend.add(day.name()));
    ArrayNode holidays = section.putArray("holidays");
    orNone(ipr.holidays()).forEach(day -> holidays.add(day.toString()));
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
