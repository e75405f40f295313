package org.entente.gateway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.testkit.TestRequirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Every command of the tree: its help, its page, its manual, its errors, its output. */
class CommandTreeTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "start", "commands.md");
  private static final CommandLine ROOT = RootCommand.commandLine("help");

  /** The first cell of a row of the page. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.*?) \\|");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static final String INSTALLED = "/var/lib/entente/fr.customs/node.yaml";

  /** Commands of other modules, which are not on this module's class path. */
  private static final Pattern ELSEWHERE =
      Pattern.compile("demo|certs|certs update|bench .*|kafka .*");

  /** Commands without JSON, each with its reason; the first words of a command stand for all. */
  private static final Map<String, String> NO_JSON =
      Map.ofEntries(
          Map.entry("help", "explains commands to people"),
          Map.entry("completion", "prints a script for a shell"),
          Map.entry("manual", "writes files for man(1)"),
          Map.entry("run", "runs until it is stopped; its log can be JSON"),
          Map.entry("init", "a step of a ceremony: people read, compare and hand on"),
          Map.entry("join", "a step of a ceremony: people read, compare and hand on"),
          Map.entry("federation", "a step of a ceremony: people read, compare and hand on"),
          Map.entry("keystore passphrase", "changes a file; its exit code says whether"),
          Map.entry("context add", "changes a file; `context list` says what it holds"),
          Map.entry("context use", "changes a file; `context list` says what it holds"),
          Map.entry("context remove", "changes a file; `context list` says what it holds"),
          Map.entry("client add", "changes a file; `client list` says what it holds"),
          Map.entry("client grant", "changes a file; `client list` says what it holds"),
          Map.entry("client renew", "changes a file; `client list` says what it holds"),
          Map.entry("client revoke", "changes a file; `client list` says what it holds"),
          Map.entry("tls renew", "changes files; `doctor` says what they hold"),
          Map.entry("tls next-ca", "a step of a ceremony: people read, compare and hand on"),
          Map.entry("backup verify", "its exit code is the answer"),
          Map.entry("backup restore", "tells a person what to do next"),
          Map.entry("cluster init", "tells a person what to do next"),
          Map.entry("cluster end", "tells a person what to do next"),
          Map.entry("policy new", "writes a file"),
          Map.entry("policy prose", "writes a document to sign"),
          Map.entry("audit report", "writes a document; its exit code says whether all is proven"),
          Map.entry("policy schema", "writes files"),
          Map.entry("audit export", "prints JSON always"),
          Map.entry("audit prove", "writes a file"),
          Map.entry("audit new-log", "a decision of a person, told in words"));

  @TempDir static Path folder;

  static Stream<String> commands() {
    Map<String, CommandSpec> all = new TreeMap<>();
    collect(ROOT, "", all);
    return all.keySet().stream();
  }

  /** Commands that do something, unlike groups of commands. */
  static Stream<String> leaves() {
    return commands().filter(path -> at(path).subcommands().isEmpty());
  }

  private static void collect(CommandLine line, String path, Map<String, CommandSpec> all) {
    line.getSubcommands()
        .forEach(
            (name, sub) -> {
              all.put((path + " " + name).strip(), sub.getCommandSpec());
              collect(sub, path + " " + name, all);
            });
  }

  private static CommandSpec at(String path) {
    Map<String, CommandSpec> all = new TreeMap<>();
    collect(ROOT, "", all);
    return Objects.requireNonNull(all.get(path), path);
  }

  private final CommandFixture ran = new CommandFixture();

  private int run(String path, String... more) {
    List<String> words = new ArrayList<>(List.of(path.split(" ", -1)));
    words.addAll(List.of(more));
    return ran.run(words);
  }

  // Help ---------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("commands")
  void help_isPrinted_inWholeSentences(String path) {
    assertEquals(0, run(path, "--help"), ran::err);
    assertTrue(ran.out().contains("Usage: entente " + path), ran::out);
    String description = String.join("\n", at(path).usageMessage().description()).strip();
    assertFalse(description.isEmpty(), "it says what it does");
    for (String paragraph : description.split("\n\n", -1)) {
      String text = paragraph.replace("%n", "").strip();
      assertTrue(text.matches("(?s)[A-Z`'].*"), () -> "begins like no sentence: " + text);
      assertTrue(text.matches("(?s).*[.?:]"), () -> "ends like no sentence: " + text);
    }
  }

  /** A person who follows the page of the installation has the configuration only there. */
  @ParameterizedTest
  @MethodSource("commands")
  void example_namesTheConfigurationOfTheInstallation(String path) throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "operate", "installing.md"));
    assertTrue(page.contains("--config " + INSTALLED), "the page has changed");
    for (String line : at(path).usageMessage().footer()) {
      Matcher named = Pattern.compile("--config (/\\S+)").matcher(line);
      while (named.find()) {
        assertEquals(INSTALLED, named.group(1), line);
      }
    }
  }

  /** A package has the pages, but not the commands that make their throwaway federation. */
  @Test
  void pagesThatBeginInACheckout_sayWhatAnInstalledGatewayHasInstead() throws IOException {
    Path home = Path.of("..", "..");
    String heading = "The pages on an installed gateway";
    String link = "operate/installing.md#" + heading.toLowerCase(Locale.ROOT).replace(' ', '-');
    for (String page :
        List.of(
            "README.md",
            "docs/guides/integrator.md",
            "docs/guides/lawyer.md",
            "docs/guides/officer.md",
            "docs/guides/operator.md",
            "docs/integrate/quickstart.md")) {
      List<String> begin = Files.readString(home.resolve(page)).lines().limit(21).toList();
      assertTrue(begin.stream().anyMatch(line -> line.contains(link)), page);
    }
    String section =
        Files.readString(home.resolve("docs/operate/installing.md"))
            .replaceFirst("(?s).*\n## " + heading + "\n", "")
            .replaceFirst("(?s)\n## .*", "");
    List<String> named =
        Pattern.compile("`entente ([a-z -]+)`")
            .matcher(section)
            .results()
            .map(found -> found.group(1).replaceAll(" --.*", ""))
            .toList();
    assertTrue(named.containsAll(List.of("init", "join", "client add")), named::toString);
    named.forEach(CommandTreeTest::at);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionAndParameter_isDescribed(String path) {
    for (ArgSpec argument : at(path).args()) {
      String said = String.join(" ", argument.description());
      assertFalse(said.isBlank(), argument::toString);
      assertFalse(said.contains("${"), () -> argument + " has an unknown variable: " + said);
      assertFalse(
          !argument.isOption() && argument.paramLabel().startsWith("<"),
          () -> argument.paramLabel() + " is the name of a field");
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyArgumentOfSeveralValues_saysHowToGiveThem(String path) {
    for (ArgSpec argument : at(path).args()) {
      if (argument.typeInfo().isMultiValue()) {
        String said = String.join(" ", argument.description());
        String how = argument.isOption() ? "may be repeated" : "one or more";
        assertTrue(said.contains(how), () -> argument + " does not say \"" + how + "\": " + said);
        assertEquals(
            argument.paramLabel().contains("+"),
            said.contains("joined by +"),
            () -> argument + " says what + does: " + said);
      }
    }
  }

  // Errors -------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("commands")
  void unknownOption_isAWrongCall_withTheNearestOne(String path) {
    // Of picocli's own help command an argument is the name of a command.
    if (!path.equals("help")) {
      assertEquals(2, run(path, "--hepl"), ran::err);
      assertTrue(
          ran.err().contains("unknown option \"--hepl\"; did you mean \"--help\"?"), ran::err);
      assertEquals("", ran.out());
    }
  }

  /** The log is verified at its gateway, an export by another command. */
  @Test
  void unknownOption_ofAnotherCommandOfTheGroup_namesThatCommand() {
    assertEquals(2, run("audit verify", "--export", "records.jsonl"));
    assertTrue(
        ran.err().contains("unknown option \"--export\"; it is an option of audit report\n"),
        ran::err);
  }

  // Output -------------------------------------------------------------------------------------

  @ParameterizedTest
  @MethodSource("leaves")
  void output_canBeJson_orThereIsAReason(String path) {
    boolean excepted =
        NO_JSON.keySet().stream().anyMatch(it -> path.equals(it) || path.startsWith(it + " "));
    boolean has = at(path).findOption("--json") != null;
    assertEquals(!excepted, has, excepted ? "is no exception any more" : "lacks --json");
  }

  @Test
  void exceptions_areCommands() {
    List<String> all = commands().toList();
    assertEquals(List.of(), NO_JSON.keySet().stream().filter(path -> !all.contains(path)).toList());
  }

  // The page -----------------------------------------------------------------------------------

  /** The commands of the page; within a cell a word continues the group of the one before it. */
  private static Set<String> onThePage() throws IOException {
    Set<String> found = new TreeSet<>();
    String text = Files.readString(PAGE);
    Matcher rows = ROW.matcher(text.substring(text.indexOf("## ")));
    while (rows.find()) {
      for (String part : rows.group(1).split(";", -1)) {
        String group = "";
        Matcher codes = CODE.matcher(part);
        while (codes.find()) {
          String code = codes.group(1);
          int space = code.indexOf(' ');
          group = space < 0 ? group : code.substring(0, space);
          found.add(space < 0 ? (group + " " + code).strip() : code);
        }
      }
    }
    return found;
  }

  @Test
  void everyCommand_isOnThePageOfCommands_andNoOther() throws IOException {
    Set<String> page = onThePage();
    page.removeIf(path -> ELSEWHERE.matcher(path).matches());
    assertEquals(leaves().collect(Collectors.toCollection(TreeSet::new)), page);
  }

  // The manual ---------------------------------------------------------------------------------

  @Test
  void everyCommand_hasAManualPage_thatGroffFormatsWithoutWarning() throws Exception {
    assertEquals(0, run("manual", "--out", folder.toString()), ran::err);
    List<String> files = new ArrayList<>();
    for (String path : Stream.concat(Stream.of(""), commands()).toList()) {
      Path file = folder.resolve(("entente " + path).strip().replace(' ', '-') + ".1");
      assertTrue(Files.exists(file), file::toString);
      files.add(file.toString());
    }
    TestRequirement.present(Files.exists(Path.of("/usr/bin/groff")), "groff");
    List<String> words = new ArrayList<>(List.of("groff", "-man", "-Tutf8", "-ww", "-z"));
    words.addAll(files);
    Process groff = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, groff.waitFor(), said);
    assertEquals("", said);
  }

  @Test
  void manualPage_saysWhatHelpSays() throws Exception {
    assertEquals(0, run("manual", "--out", folder.toString()), ran::err);
    TestRequirement.present(Files.exists(Path.of("/usr/bin/groff")), "groff");
    Process groff =
        new ProcessBuilder(
                "groff", "-man", "-Tascii", folder.resolve("entente-link-pause.1").toString())
            .redirectErrorStream(true)
            .start();
    String page =
        new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .replaceAll("\u001b\\[[0-9;]*m|.\b", "")
            .replaceAll("\\s+", " ");
    assertEquals(0, groff.waitFor(), page);
    for (String said :
        List.of(
            "entente-link-pause - Pauses a link in both directions until 'unpause', also across"
                + " restarts",
            "SYNOPSIS entente link pause",
            "--gateway=HOST:PORT the gateway's client address",
            "PEER the agency at the other end",
            "SEE ALSO entente-link(1)")) {
      assertTrue(page.contains(said), () -> said + " in " + page);
    }
  }
}
