package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search that must find nothing elsewhere finds what is there. */
final class MarkersTest {
  @TempDir private Path folder;

  @Test
  void search_ofAFileWithAMarker_findsIt() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a").resolve("b"));
    Files.writeString(deep.resolve("LOG"), "x\0" + Markers.of("label.case_ref") + "\0");

    assertEquals(Map.of("a/b/LOG", Set.of("label.case_ref")), Markers.inFiles(folder));
  }

  @Test
  void search_ofADraft_findsEveryMarkedField() {
    assertEquals(Markers.fields(), Markers.in(Markers.draft("de.customs").toByteArray()));
  }
}
