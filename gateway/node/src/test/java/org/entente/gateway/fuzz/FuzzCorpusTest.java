package org.entente.gateway.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.fuzz.FuzzTarget.Entry;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the repository keeps of fuzzing, through the same parsers and laws, without Jazzer. */
class FuzzCorpusTest {
  private static final long MOST_BYTES = 300_000;

  private final List<Entry> entries = FuzzTarget.entries(FuzzTarget.packages());

  @TestFactory
  Stream<DynamicTest> input_kept_keepsTheLaw() {
    return entries.stream()
        .map(entry -> DynamicTest.dynamicTest(entry.toString(), () -> replay(entry)));
  }

  private static void replay(Entry entry) {
    FuzzCorpus.kept(entry)
        .forEach(
            (name, input) -> {
              boolean taken = entry.takes(input);
              assertTrue(taken || !name.startsWith(FuzzCorpus.GOOD), name + " is refused");
            });
  }

  @Test
  void files_areOfAFormat_andSmallInAll() throws IOException {
    Set<String> formats = entries.stream().map(Entry::toString).collect(Collectors.toSet());
    long bytes = 0;
    for (Path file : FuzzCorpus.files(FuzzCorpus.FOLDER)) {
      Path format = FuzzCorpus.FOLDER.relativize(file).getParent();
      assertTrue(formats.contains(String.valueOf(format)), file.toString());
      bytes += Files.size(file);
    }
    assertTrue(bytes > 0 && bytes < MOST_BYTES, bytes + " bytes");
  }

  /** The first byte of an input chooses among the formats of a process. */
  @Test
  void formats_areFewEnoughForAByte_andNamedOnce() {
    assertTrue(entries.size() < 256);
    assertEquals(entries.size(), entries.stream().map(Entry::toString).distinct().count());
  }
}
