package org.entente.loadtests.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.entente.loadtests.federation.ConfigurationHome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of step is read from a file, and described. What a wrong one is told is said by kind.
 */
final class StepFilesTest {
  @TempDir private Path folder;

  @Test
  void everyKindOfStep_isRead() {
    assertEquals(List.of(), new StepFiles(folder).problems(StepFiles.RIGHT));
    Set<String> words = new TreeSet<>(StepEntry.WORDS);
    words.removeIf(word -> (ScenarioTest.SAMPLE + StepFiles.RIGHT).contains("    " + word + ":"));
    assertEquals(Set.of("gateway", "recall", "release", "transit"), words);
  }

  @Test
  void everyKindOfStep_isInTheTableOfTheDocs() throws IOException {
    String docs =
        Files.readString(ConfigurationHome.find().folder().resolve("docs/develop/scenarios.md"));
    List<String> missing =
        StepEntry.WORDS.stream().filter(word -> !docs.contains("\n| `" + word + "` |")).toList();
    assertEquals(List.of(), missing);
    assertEquals(StepEntry.class.getRecordComponents().length, 1 + StepEntry.WORDS.size());
  }
}
