package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway whose release has a defect, operated by the commands that people use until the next
 * release runs: what it fails on is set aside, the rest goes on, and the link is paused meanwhile.
 */
final class OperatorIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final Pattern METRIC = Pattern.compile("entente_\\w+");
  private static final String BEFORE =
      "  public Optional<IngressRefusal> refusal(AgencyName origin, Label label, Body body) {\n";
  private static final String DEFECT =
      """
          if (body.getAlert().getTextsList().stream()
              .anyMatch(text -> text.getHeadline().startsWith("poison"))) {
            throw new IllegalStateException("a defect of this release");
          }
      """;

  @TempDir private Path folder;
  @AutoClose private Federation federation;

  @BeforeEach
  void mint() {
    federation = Federation.mint(ConfigurationHome.find(), folder);
  }

  /** The classes of a release that fails on some alerts of peers. */
  private Path defective() throws IOException {
    Path source =
        ConfigurationHome.find()
            .folder()
            .resolve(
                "gateway/node/src/main/java/org/entente/gateway/receive/PolicyIngressCheck.java");
    String text = Files.readString(source);
    assertTrue(text.contains(BEFORE), "the defect has no place any more");
    Path sources = Files.createDirectories(folder.resolve("defect/org/entente/gateway/receive"));
    Path changed = sources.resolve("PolicyIngressCheck.java");
    Files.writeString(changed, text.replace(BEFORE, BEFORE + DEFECT));
    Path classes = Files.createDirectory(folder.resolve("defective"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int code =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-nowarn",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            changed.toString());
    assertEquals(0, code, "the defective release does not compile");
    return classes;
  }

  /** Publishes at fr.customs for de.customs; the id of what must be accepted. */
  private String publish(String headline) {
    return Publications.accepted(
            federation.channel(FR, "declarations"), Publications.draft(DE, headline))
        .toString();
  }

  private Child at(String agency, String... command) {
    return Child.of(federation, agency, "operator", command);
  }

  private Child deciding(String agency, String... command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("--officer=O-3", "--justification=ticket 12"));
    return at(agency, all.toArray(String[]::new));
  }

  private String awaitTrack(String id, String wanted) {
    return Patience.untilSaid(
        () -> Child.of(federation, FR, "supervisor", "track", id).out(), wanted);
  }

  /** The number under which a message was set aside at de.customs. */
  private String numberOf(String id) {
    // The first line has the headings.
    for (String line : at(DE, "quarantine", "list").out().lines().skip(1).toList()) {
      String number = line.substring(0, line.indexOf(' '));
      if (at(DE, "quarantine", "show", number).out().contains(id)) {
        return number;
      }
    }
    throw new AssertionError(id + " is not set aside");
  }

  private String tail(int count) {
    Child tail =
        Child.of(
            federation,
            DE,
            "desk",
            "tail",
            "--cursor",
            "all",
            "--from",
            "1",
            "--count",
            String.valueOf(count));
    assertEquals(0, tail.code(), tail.err());
    return tail.out();
  }

  /** Those of a cluster are on its page, and ClusterPathTest compares this page with a machine. */
  private void alertsNameOnlyMetricsThatExist() throws IOException, InterruptedException {
    Path file = ConfigurationHome.find().folder().resolve("config/prometheus/alerts.yaml");
    Set<String> existing = Metrics.of(federation.plan(DE)).names();
    Set<String> unknown = new TreeSet<>();
    int named = 0;
    for (JsonNode group :
        new ObjectMapper(new YAMLFactory()).readTree(file.toFile()).path("groups")) {
      for (JsonNode rule : group.path("rules")) {
        Matcher names = METRIC.matcher(rule.path("expr").asText());
        while (names.find()) {
          named++;
          if (!existing.contains(names.group()) && !names.group().startsWith("entente_cluster_")) {
            unknown.add(rule.path("alert").asText() + ": " + names.group());
          }
        }
      }
    }
    assertEquals(Set.of(), unknown);
    assertTrue(named > 15, named + " metrics named");
  }

  @Test
  void defectInARelease_isOperatedUntilTheNextOneRuns() throws Exception {
    federation.launchWith(DE, defective());
    federation.start(List.of(FR));
    federation.awaitReady(List.of(DE));

    String first = publish("good one");
    String poison = publish("poison one");
    String given = publish("poison two");
    String second = publish("good two");
    String arrived = tail(2);
    assertTrue(arrived.contains(first) && arrived.contains(second), arrived);
    Metrics figures = Metrics.of(federation.plan(DE));
    figures.await("entente_quarantine_messages{step=\"receiving\",}", 2);
    alertsNameOnlyMetricsThatExist();
    Child stranger = Child.of(federation, DE, "desk", "quarantine", "list");
    assertTrue(stranger.err().contains("SCOPE_MISSING"), stranger.err());

    String number = numberOf(poison);
    String shown = at(DE, "quarantine", "show", number).out();
    assertTrue(
        shown.contains("INTERNAL: IllegalStateException at PolicyIngressCheck.java:"), shown);
    assertFalse(shown.contains("poison"), "no content is shown");
    Child failed = deciding(DE, "quarantine", "retry", number);
    assertEquals(1, failed.code());
    assertTrue(failed.out().contains("the retry failed"), failed.out() + failed.err());
    Child up = deciding(DE, "quarantine", "discard", numberOf(given));
    assertEquals(0, up.code(), up.out() + up.err());
    assertTrue(awaitTrack(given, "NON_DELIVERY").contains("DISCARDED"));

    assertTrue(deciding(FR, "link", "pause", DE).out().startsWith("de.customs paused"));
    Patience.untilSaid(() -> at(DE, "link", "list").out(), "paused there");
    String waits = publish("good three");
    federation.kill(DE);
    federation.kill(FR);
    federation.start(List.of(FR, DE));
    String links = Patience.untilSaid(() -> at(FR, "link", "list").out(), "connected");
    assertTrue(links.contains("paused here since"), links);
    Patience.untilSaid(() -> at(FR, "link", "list", "--json").out(), "\"backlog\":\"1\"");
    Child goesOn = deciding(FR, "link", "unpause", DE);
    assertTrue(goesOn.out().startsWith("de.customs continues"), goesOn.out() + goesOn.err());
    awaitTrack(waits, "DELIVERY  ");

    Child retried = deciding(DE, "quarantine", "retry", number);
    assertEquals(0, retried.code(), retried.out() + retried.err());
    assertTrue(retried.out().startsWith("released"), retried.out());
    Child again = deciding(DE, "quarantine", "retry", number);
    assertEquals(0, again.code());
    assertTrue(again.out().contains("nothing changed"), again.out());
    assertEquals("", at(DE, "quarantine", "list").out());
    awaitTrack(poison, "DELIVERY  ");
    String all = tail(4);
    for (String id : List.of(first, second, waits, poison)) {
      assertEquals(2, all.split(Pattern.quote(id), -1).length, id + " once in\n" + all);
    }
    Child resumed = deciding(FR, "link", "resume", DE, "FLASH");
    assertTrue(resumed.out().contains("FLASH was not stopped; nothing changed"), resumed.out());
  }
}
