package org.entente.gateway.repository;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The pages of metrics and alerts say of each what the exporter and the rules say, and no other.
 */
class MetricsPageTest {
  private static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();
  private static final Path PAGE = REPOSITORY.resolve("docs/operate/metrics.md");
  private static final Path CLUSTER_PAGE = REPOSITORY.resolve("docs/operate/cluster.md");
  private static final String ALERTS = "docs/operate/alerts.md";
  private static final Path RULES = REPOSITORY.resolve("config/prometheus/alerts.yaml");
  private static final Path DASHBOARD = REPOSITORY.resolve("config/grafana/entente.json");

  /** A row about a metric: name, labels, type. */
  private static final Pattern METRIC =
      Pattern.compile("(?m)^\\| `([a-z][a-z0-9_]*)(?:\\{([a-z_,]+)})?` \\| (\\w+) \\|(.*)$");

  /** A section about an alert: name, severity, when it fires, what to do. */
  private static final Pattern ALERT =
      Pattern.compile(
          "(?ms)^### (Entente\\w+)\n\n\\*\\*(\\w+)\\*\\*: (.+?)\n\n(.+?)(?=\n+#|\\s*\\z)");

  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\w+)$");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(\\w+)\\{([^}]*)} ");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");
  private static final Pattern NAMED = Pattern.compile("\\bentente_[a-z_]+");

  @RegisterExtension final RunningFederation federation = new RunningFederation();

  private static String page() throws IOException {
    return Files.readString(PAGE);
  }

  /** What a gateway exports that has sent and received, and its peer too. */
  private String exported() throws IOException {
    federation.start(FR, DE);
    federation.send(FR, "one", Duration.ofDays(1), DE);
    federation.receive(DE, 1);
    return federation.scrape(FR, "metrics") + federation.scrape(DE, "metrics");
  }

  /** Types by names; those of the moments when series began are no metrics of their own. */
  private static Map<String, String> types(String exported) {
    Map<String, String> types = new TreeMap<>();
    Matcher found = TYPE.matcher(exported);
    while (found.find()) {
      if (!found.group(1).endsWith("_created")) {
        types.put(found.group(1), found.group(2));
      }
    }
    return types;
  }

  private static Map<String, Set<String>> labels(String exported) {
    Map<String, Set<String>> labels = new TreeMap<>();
    Matcher samples = SAMPLE.matcher(exported);
    while (samples.find()) {
      Set<String> names = new TreeSet<>();
      Matcher label = LABEL.matcher(samples.group(2));
      while (label.find()) {
        names.add(label.group(1));
      }
      names.remove("le");
      labels.put(samples.group(1).replaceAll("_(bucket|count|sum)$", ""), names);
    }
    return labels;
  }

  @Test
  void page_namesEveryMetricOfARunningGateway_withItsTypeAndLabels_andNoOther() throws IOException {
    String exported = exported();
    Map<String, String> described = new TreeMap<>();
    Map<String, Set<String>> labels = labels(exported);
    Matcher rows = METRIC.matcher(page());
    int labelled = 0;
    while (rows.find()) {
      String name = rows.group(1);
      assertFalse(described.containsKey(name), name + " has two rows");
      described.put(name, rows.group(3));
      if (labels.containsKey(name) && name.startsWith("entente_")) {
        assertEquals(labels.get(name), words(rows.group(2)), "labels of " + name);
        labelled += labels.get(name).size();
      }
      if (name.startsWith("entente_")) {
        assertEquals(4, rows.group(4).split("\\|", -1).length, "columns of " + name);
      }
    }
    assertEquals(Map.of(), without(types(exported), described), "exported, and not on the page");
    assertEquals(Map.of(), without(described, types(exported)), "on the page, and not exported");
    assertTrue(labelled > 20, labelled + " labels were compared");
  }

  private static Map<String, String> without(Map<String, String> all, Map<String, String> some) {
    Map<String, String> left = new TreeMap<>(all);
    left.entrySet().removeAll(some.entrySet());
    return left;
  }

  private static Set<String> words(@org.jspecify.annotations.Nullable String commas) {
    return commas == null ? Set.of() : new TreeSet<>(List.of(commas.split(",", -1)));
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group :
        new ObjectMapper(new YAMLFactory()).readTree(RULES.toFile()).path("groups")) {
      group.path("rules").forEach(rules::add);
    }
    assertTrue(rules.size() > 20, rules.size() + " rules");
    return rules;
  }

  @Test
  void page_saysOfEveryAlert_howUrgentItIs_andWhatToDo_andOfNoOther() throws IOException {
    Map<String, String> wanted = new TreeMap<>();
    for (JsonNode rule : rules()) {
      wanted.put(rule.path("alert").asText(), rule.path("labels").path("severity").asText());
      assertFalse(rule.path("annotations").path("action").asText().isEmpty(), rule.toString());
      assertEquals(
          ALERTS + "#" + rule.path("alert").asText().toLowerCase(Locale.ROOT),
          rule.path("annotations").path("runbook").asText());
    }
    Map<String, String> described = new TreeMap<>();
    Matcher sections = ALERT.matcher(Files.readString(REPOSITORY.resolve(ALERTS)));
    while (sections.find()) {
      assertFalse(described.containsKey(sections.group(1)), sections.group(1) + " has two");
      described.put(sections.group(1), sections.group(2));
      assertTrue(sections.group(4).strip().length() > 20, sections.group() + " says what to do");
    }
    assertEquals(wanted, described);
    assertTrue(Set.copyOf(wanted.values()).equals(Set.of("page", "ticket")), wanted.toString());
  }

  @Test
  void buildInfo_namesTheVersionInTheBuildFile() throws IOException {
    federation.start(FR);
    Matcher version =
        Pattern.compile("<artifactId>entente</artifactId>\\s*<version>([^<]+)<")
            .matcher(Files.readString(REPOSITORY.resolve("pom.xml")));
    assertTrue(version.find());
    String sample = "entente_build_info{version=\"" + version.group(1) + "\",} 1.0";
    assertTrue(federation.scrape(FR, "metrics").contains(sample), sample);
  }

  @Test
  void dashboard_queriesOnlyMetricsThatThePageHas() throws IOException {
    Set<String> described = described();
    for (JsonNode query : new ObjectMapper().readTree(DASHBOARD.toFile()).findValues("expr")) {
      Matcher names = NAMED.matcher(query.asText());
      while (names.find()) {
        String name = names.group().replaceAll("_bucket$", "");
        assertTrue(described.contains(name), query.asText());
      }
    }
  }

  /** Also those of machines of a cluster, which have a page of their own. */
  private static Set<String> described() throws IOException {
    Set<String> described = new TreeSet<>();
    Matcher rows = METRIC.matcher(page() + Files.readString(CLUSTER_PAGE));
    while (rows.find()) {
      described.add(rows.group(1));
    }
    return described;
  }

  @Test
  void rules_nameOnlyMetricsThatThePageHas() throws IOException {
    Set<String> described = described();
    Set<String> unknown = new TreeSet<>();
    for (JsonNode rule : rules()) {
      Matcher names = NAMED.matcher(rule.path("expr").asText());
      assertTrue(names.find(), rule.toString());
      names.reset();
      while (names.find()) {
        if (!described.contains(names.group())) {
          unknown.add(rule.path("alert").asText() + ": " + names.group());
        }
      }
    }
    assertEquals(Set.of(), unknown);
  }
}
