package org.entente.loadtests.federation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RulesInForceTest {
  @TempDir private Path folder;
  private RulesInForce rules;

  @BeforeEach
  void begin() throws IOException {
    Path node = Files.createDirectories(folder.resolve("node"));
    rules = new RulesInForce(node);
    Path all = folder("all", Map.of("a.yaml", "all a", "b.yaml", "all b", "note.txt", "no rule"));
    Path own = folder("own", Map.of("b.yaml", "own b"));
    rules.begin(new OpeningRules(List.of(all, own), Optional.empty()));
  }

  private Path folder(String name, Map<String, String> files) throws IOException {
    Path made = Files.createDirectories(folder.resolve(name));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(made.resolve(file.getKey()), file.getValue());
    }
    return made;
  }

  private Map<String, String> agreements() throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(rules.agreements())) {
      for (Path file : files.toList()) {
        texts.put(String.valueOf(file.getFileName()), Files.readString(file));
      }
    }
    return texts;
  }

  @Test
  void begin_laterFolders_replaceFilesOfEarlierOnes() throws IOException {
    assertEquals(Map.of("a.yaml", "all a", "b.yaml", "own b"), agreements());
    assertTrue(Files.readString(rules.nodeRules()).endsWith("rules: []\n"));
  }

  @Test
  void change_keepsWhatIsNotNamed_andMovesTheLinkAtOnce() throws IOException {
    Path before = rules.agreements().toRealPath();
    Path draft = folder("draft", Map.of("a.yaml", "draft a", "c.yaml", "draft c"));

    rules.change(Optional.of(draft), Optional.empty());

    assertEquals(Map.of("a.yaml", "draft a", "b.yaml", "own b", "c.yaml", "draft c"), agreements());
    assertNotEquals(before, rules.agreements().toRealPath());
    assertEquals("all a", Files.readString(before.resolve("a.yaml")), "what was is left alone");

    Path node = Files.writeString(folder.resolve("rules.yaml"), "rules: [x]");
    rules.change(Optional.empty(), Optional.of(node));

    assertEquals("draft a", agreements().get("a.yaml"));
    assertEquals("rules: [x]", Files.readString(rules.nodeRules()));
  }
}
