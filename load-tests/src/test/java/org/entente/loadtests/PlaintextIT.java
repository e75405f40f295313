package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.federation.Home;
import org.entente.loadtests.testkit.Publications;
import org.entente.loadtests.traffic.Clients;
import org.entente.loadtests.traffic.Publication;
import org.entente.loadtests.traffic.Tally;
import org.entente.loadtests.traffic.Watcher;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OnBehalfOf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything that gateways wrote anywhere, searched for what was in labels and bodies. */
final class PlaintextIT {
  private static final int MESSAGES = 40;
  private static final int PER_SECOND = 100;
  private static final long QUIET_SECONDS = 30;

  /** Each stands in one field of every message; none can occur by chance. */
  private static final Map<String, String> MARKERS =
      Map.of(
          "label.case_ref", "MARK-CASE-7c1e94d2",
          "label.legal_basis", "MARK-BASIS-5b0fa386",
          "label.source_ref", "MARK-SOURCE-e2d7710c",
          "body headline", "MARK-HEADLINE-91ac3f5e",
          "body description", "MARK-DESCRIPTION-d4480b27",
          "body extra", "MARK-EXTRA-08f6be19",
          "on_behalf_of.officer", "MARK-OFFICER-6a93c4ed",
          "on_behalf_of.justification", "MARK-WHY-b35d2f70");

  @TempDir private Path folder;

  @Test
  void files_ofAllGateways_holdNoPlaintextOfLabelsAndBodies()
      throws IOException, InterruptedException {
    Tally tally = new Tally();
    try (Federation federation = Federation.mint(Home.find(), folder)) {
      federation.start(federation.agencies());
      try (Clients clients = new Clients(federation, tally, Watcher.NONE)) {
        clients.subscribe(federation.agencies());
        clients.publish(marked(), PER_SECOND);
        boolean complete = tally.awaitComplete(MESSAGES, QUIET_SECONDS);
        assertTrue(complete, () -> "missing " + tally.missing() + tally.failures());
      }
      assertNotEquals(0, tally.count("de.customs").delivered(), "nothing went directly");
      assertNotEquals(0, tally.count("us.cbp").delivered(), "nothing went through the transit");
      assertEquals(Map.of(), found(folder), "while they run");
      federation.stop();
    }
    assertEquals(Map.of(), found(folder), "after they stopped");
  }

  @Test
  void search_ofAFileWithAMarker_findsIt() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a").resolve("b"));
    Files.writeString(deep.resolve("LOG"), "x\0" + marker("label.case_ref") + "\0");

    assertEquals(Map.of("label.case_ref", List.of("a/b/LOG")), found(folder));
  }

  private static String marker(String field) {
    return Objects.requireNonNull(MARKERS.get(field), field);
  }

  private static List<Publication> marked() {
    List<Publication> publications = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String recipient = i % 2 == 0 ? "de.customs" : "us.cbp";
      Draft draft = marked(Publications.draft(recipient, marker("body headline")));
      publications.add(Publication.of("marked-" + i, "fr.customs", "test:" + i, draft));
    }
    return publications;
  }

  private static Draft marked(Draft draft) {
    Draft.Builder marked = draft.toBuilder();
    marked
        .getLabelBuilder()
        .setCaseRef(marker("label.case_ref"))
        .setLegalBasis(marker("label.legal_basis"))
        .setSourceRef(marker("label.source_ref"));
    AlertText.Builder text = marked.getBodyBuilder().getAlertBuilder().getTextsBuilder(0);
    text.setDescription(marker("body description"));
    marked.getBodyBuilder().getAlertBuilder().putExtra("note", marker("body extra"));
    return marked
        .setOnBehalfOf(
            OnBehalfOf.newBuilder()
                .setOfficer(marker("on_behalf_of.officer"))
                .setJustification(marker("on_behalf_of.justification")))
        .build();
  }

  /**
   * Which markers stand in which files. A file that goes while gateways run (replaced by its new
   * version, or compacted) is passed over: what took its place is looked at once they have stopped.
   */
  private static Map<String, List<String>> found(Path folder) throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try {
              search(folder, file, found);
            } catch (NoSuchFileException e) {
              return visitFileFailed(file, e);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
    return found;
  }

  private static void search(Path folder, Path file, Map<String, List<String>> found)
      throws IOException {
    // Latin 1 maps each byte to one character, so that ASCII markers are found in any file.
    String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
    MARKERS.forEach(
        (field, marker) -> {
          if (bytes.contains(marker)) {
            found
                .computeIfAbsent(field, any -> new ArrayList<>())
                .add(folder.relativize(file).toString());
          }
        });
  }
}
