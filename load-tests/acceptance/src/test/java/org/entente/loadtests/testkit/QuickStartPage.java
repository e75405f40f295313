package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;

/**
 * The commands of {@code docs/integrate/quickstart.md}: those that a language needs once, the
 * function {@code client} that each has, and the calls of it that all share. They run in the
 * repository, with the folders and addresses of a federation.
 */
public final class QuickStartPage {
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");

  private final Path home = ConfigurationHome.find().folder();
  private final Path folder;
  private final String page;
  private final Map<String, String> replaced = new LinkedHashMap<>();

  /** The page; what its commands write goes to the folder. */
  public QuickStartPage(Path folder) throws IOException {
    this.folder = folder;
    page = Files.readString(home.resolve("docs/integrate/quickstart.md"), StandardCharsets.UTF_8);
    replaced.put("/tmp/quickstart", folder.resolve("quickstart").toString());
  }

  /** Takes this federation for the page's. */
  public QuickStartPage in(Federation federation) {
    replaced.put("127.0.0.1:7441", federation.plan("fr.customs").clients());
    replaced.put("127.0.0.1:7442", federation.plan("de.customs").clients());
    for (String agency : List.of("fr.customs", "de.customs")) {
      for (String client : List.of("declarations", "desk")) {
        replaced.put(
            "/tmp/federation/%s/clients/%s".formatted(agency, client),
            federation.credentials(agency, client).toString());
      }
    }
    return this;
  }

  /** Takes another text for one of the page. */
  public QuickStartPage with(String text, String other) {
    replaced.put(text, other);
    return this;
  }

  /** Runs what a language needs once. */
  public void prepare(String language) throws IOException, InterruptedException {
    Child made = bash(blocks(language).get(0));
    assertEquals(0, made.code(), made::err);
  }

  /** The calls of {@code client} that the page shows. */
  public List<String> calls() {
    return blocks("Publish, receive, track").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("client "))
        .toList();
  }

  /** Runs one of them with the program of a language. */
  public Child call(String language, String call) throws IOException, InterruptedException {
    return bash(blocks(language).get(1) + call);
  }

  private List<String> blocks(String heading) {
    int begin = page.indexOf("\n## " + heading + "\n");
    assertTrue(begin >= 0, () -> "no section " + heading);
    int end = page.indexOf("\n## ", begin + 1);
    return BLOCK
        .matcher(page.substring(begin, end))
        .results()
        .filter(block -> block.group(1).isEmpty())
        .map(block -> block.group(2))
        .toList();
  }

  private Child bash(String commands) throws IOException, InterruptedException {
    String filled = commands;
    for (Map.Entry<String, String> one : replaced.entrySet()) {
      filled = filled.replace(one.getKey(), one.getValue());
    }
    String script = "cd '%s'\nexport PYTHONDONTWRITEBYTECODE=1\n%s".formatted(home, filled);
    return Child.run(folder, List.of("bash", "-ec", script));
  }
}
